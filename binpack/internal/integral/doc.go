// Package integral looks for whole numbers of nodes that cost less than an incumbent and
// hold all pods,
//
//	minimise   Σ_b price(b)·y(b)
//	subject to Σ_b K_b(π)·y(b) ≥ Σ_c count(c)·π(c)   for values π of the pods,  y ≥ 0 whole,
//
// K_b(π) the most value that one node of bin b holds: cuts that every solution meets. The method
// is branch and bound on the numbers of nodes y, that of least bound first, as Vanderbeck (On
// Dantzig-Wolfe Decomposition in Integer Programming, 2000) and Belov and Scheithauer (A
// branch-and-cut-and-price algorithm for one-dimensional stock cutting and two-dimensional
// two-stage cutting, 2006) branch for cutting stock. Where y is whole, package separation
// looks for values by which these nodes hold too little: one cut more. Where it finds none, the
// pods are packed: a dive of a model that may launch just these nodes, and a search around
// what it found, and where these fail branch and price (package packing), which may also say that no packing
// exists. Numbers of nodes about which neither is known are looked at longer when all others have been.
//
// It is for small problems without rules: those keep too much off nodes that the cuts do not see. What it finds costs less; that
// it finds nothing proves nothing: its cuts are computed in floating point.
//
// Names: b bin, c class, y numbers of nodes, π or pi values of pods, K or gain as above.
package integral
