// Package cover bounds the least price of launches that together gain a value V,
// where one row is all that there is besides limits and caps:
//
//	minimise Σ p_b y_b  subject to  Σ K_b y_b ≥ V,  Σ u_bk y_b ≤ cap_k,  0 ≤ y_b ≤ limit_b,  y whole.
//
// Without caps it is a knapsack cover: the linear relaxation (linear.go); exactly by
// a shortest path over the remainders of the best option's gain where V is large
// (group.go; Gomory, Some Polyhedra Related to Combinatorial Problems, 1969); and by
// dynamic programming over the value where that is small (grid.go). Caps are paid for
// (priced.go), by the duals of package lp, or kept exactly by labels where those are
// few (caps.go; Martins, On a Multicriteria Shortest Path Problem, 1984). The bound is
// the best of these; each is computed in whole numbers, whatever the duals.
package cover
