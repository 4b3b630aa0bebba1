// Package integral looks for whole numbers of columns that cost less than an incumbent,
//
//	minimise   Σ_b price(b)·y(b)
//	subject to Σ_j a(c,j)·x(j) ≥ count(c)   for every class c
//	           Σ_{j of b} x(j) ≤ y(b)       for every bin b,  x, y ≥ 0 whole,
//
// over the columns whose reduced cost by the duals of the linear program is less than the
// gap between that program and the incumbent: no better solution has another (Baldacci,
// Christofides and Mingozzi, An exact algorithm for the vehicle routing problem based on
// the set partitioning formulation with additional cuts, 2008). Where these are too many it
// takes those of less reduced cost, and may miss the best.
//
// The method is branch and bound on the numbers of nodes y, that of least bound first;
// where they are whole, on the columns x, depth first, for a limited number of steps, as
// Vanderbeck (On Dantzig-Wolfe Decomposition in Integer Programming, 2000) and Belov and
// Scheithauer (A branch-and-cut-and-price algorithm for one-dimensional stock cutting and
// two-dimensional two-stage cutting, 2006) branch for cutting stock. Numbers of nodes where
// the steps did not suffice are looked at longer when all others have been. Values by which
// some numbers of nodes hold too little give a cut for all others, as in package separation.
//
// It is for small problems without caps and pools in order. What it finds costs less; that
// it finds nothing proves nothing: the duals are those of a heuristic.
//
// Names: j column, b bin, c class, x and y as above, pi duals.
package integral
