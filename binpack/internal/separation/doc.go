// Package separation looks for values of pods that show that given launches are too few.
// Whether y_b launches of each bin hold all pods, when patterns may be taken in
// part, is a linear program:
//
//	minimise   Σ_c w(c)·s(c)
//	subject to Σ_j a(c,j)·x(j) + s(c) ≥ count(c)  for every class c
//	           Σ_{j of b} x(j) ≤ y(b)             for every bin b,  x, s ≥ 0,
//
// solved by column generation. Where some pods find no room its duals π are values
// by which the launches hold less than all pods are worth,
//
//	Σ_b K_b(π)·y(b) < Σ_c count(c)·π(c),
//
// a cut that they do not meet, though they met all before (Benders, 1962, of the
// columns; Belov and Scheithauer, A branch-and-cut-and-price algorithm for
// one-dimensional stock cutting and two-dimensional two-stage cutting, 2006, have
// cuts of another kind in the same place).
package separation
