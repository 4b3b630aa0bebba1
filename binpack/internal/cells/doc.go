// Package cells takes rules over domains out of a model: it decides how many pods
// of each class go into which cell, a cell being the bins that no rule of the
// class tells apart. What is left is a model without such rules, any solution of
// which that places all its pods keeps them:
//
//	Σ over cells of n(c, cell) = count(c) − left(c)
//
// with n(c, cell) such that in every domain the members and owners of each rule
// are as it asks. Pods are given to the cheapest cell that the rules allow, one
// class after the other, as a scheduler would place them; at every step all
// rules hold. Where rules ask for the company of other pods on the same node,
// owner and company become one unit, which is placed as a whole.
//
// Names: u unit, cell, r rule, d domain.
package cells
