// Package lp solves the linear programs of the optimiser. A Master is a covering program:
//
//	minimise c·x  subject to  A·x ≥ b (some rows: A·x ≤ b),  x ≥ 0,  with b ≥ 0,
//
// by the revised simplex method with an explicit inverse of the basis.
// Columns may be added between solves (column generation): the basis is kept,
// so that each solve starts where the last one ended. Each row
// has a side variable that covers it at a cost of its own, or takes what is
// left of it, so that the program is always feasible and the first basis is at
// hand.
//
// Method: Dantzig, Linear Programming and Extensions (1963), chapters 8 and
// 9; largest reduced cost by rule, lowest index among equals, and Bland's rule
// (New Finite Pivoting Rules, 1977) after pivots that gain nothing, which
// ends. Dense linear algebra is gonum's. Products that meet a sum are
// converted first, so that no compiler fuses them and results are the same on
// every machine of an architecture.
//
// A Tableau solves programs over variables with bounds, and rows of either sense, by the dual simplex method
// (tableau.go); rows may be added between solves (rows.go).
//
// Answers are floating-point numbers: callers use them to guess, and prove in
// integers.
//
// Names: i row, j column, pi duals, x values of the basis.
package lp
