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
// rules hold. Who is to be company to others goes first, and where most of them can
// follow. Where rules ask for the company of other pods on the same node, owner and
// company become one bundle, which is placed as a unsplit model. A gang that finds no cells
// for all its pods has none.
//
// How many pods a cell has room for, beside those of other cells, shows only when
// the split is solved: so one learns from its solution and splits anew.
//
// This is a heuristic: where one class has to give way so that another finds a
// cell, more pods may be left than need be.
//
// Names: u bundle, cell, r rule, d domain or assignment.
package cells
