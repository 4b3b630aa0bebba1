// Package ilp bounds the least price of launches that gain enough, as an integer
// linear program over the number of launches y of each option:
//
//	minimise p·y  subject to  Σ gain_i·y ≥ value_i for every row i,
//	                          Σ use_k·y ≤ cap_k for every cap k,
//	                          0 ≤ y ≤ most, y whole.
//
// The method is branch and bound (Land and Doig, An Automatic Method of Solving
// Discrete Programming Problems, 1960) over linear relaxations that are solved by
// the dual simplex method with bounds in place of rows (package lp). These are
// guesses in floating point: each leaf's bound is computed in whole numbers from
// their duals (leaf.go), so that a bound that is cut short is weaker, never wrong.
// Options that another replaces are left out first (options.go). Sums of launches that are whole, such as
// the cores of all sizes of a family (families.go), are branched on before the launches, where the
// caller gives them.
//
// A program with more rows can go on from the leaves of an earlier one (resume.go).
package ilp
