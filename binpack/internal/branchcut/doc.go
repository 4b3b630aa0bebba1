// Package branchcut says whether whole numbers x with
//
//	0 ≤ x ≤ most,  Σ a_ij·x_j ≤ b_i for every row i, or = b_i where the row says so,
//
// exist, by branch and cut. The linear relaxation of a leaf is solved by the dual simplex method. As long as that pays, each row of
// its tableau whose variable is not whole gives a cut that the solution does not meet (cut.go), then the leaf is
// divided, where both parts are farthest from it (strong branching). A leaf is empty where multipliers of rows prove it.
// What one attempt does not find out in its ticks the next one may: it starts from another vertex, and each second
// one has no cuts.
//
// The tableau is a guess in floating point. Cuts and proofs follow from rows of whole numbers with multipliers
// that are whole numbers of a unit, computed exactly: a search that is cut short, or whose guesses are bad, finds
// out less, never what is wrong.
//
// Source: Gomory, An Algorithm for the Mixed Integer Problem, 1960; rounding as in Nemhauser and Wolsey, A Recursive
// Procedure to Generate All Cuts for 0-1 Mixed Integer Programs, 1990; Padberg and Rinaldi, A Branch-and-Cut
// Algorithm for the Resolution of Large-Scale Symmetric Traveling Salesman Problems, 1991.
//
// Names: i row, j variable, a coefficients, x solution.
package branchcut
