// Package cells takes rules over domains out of a model. It decides how many pods of
// each class go into which cell: the bins that no rule of the class tells apart, which
// are in the same domain by each of them. What is left is a model without such rules.
// Any of its solutions that places all pods keeps the rules:
//
//	Σ over cells of n(c, cell) = count(c) − left(c)
//
// with n(c, cell) such that in every domain the members and owners of each rule
// are as it asks. Pods are given to the cheapest cell that the rules allow, one
// class after the other, as a scheduler would place them; at every step all
// rules are kept. The partners that other pods need are placed first, and where most of
// those can follow. Where rules ask for partners on the same node, pods and partners
// become one bundle: pods that are placed together, as one. A gang that finds no cells
// for all its pods gets none.
//
// How many pods a cell has room for, beside those of other cells, shows only when
// the split is solved: so one learns from its solution and splits anew.
//
// This is a heuristic: where one class has to give way so that another finds a
// cell, it does so for rules that keep pods apart only (room.go), and more pods may be left
// than need be.
//
// Names: u bundle, cell, r rule, d domain or assignment.
package cells
