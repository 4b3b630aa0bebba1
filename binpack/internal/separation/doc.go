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
//
// Where pods choose among domains (demand.go) each class is the pods of one domain, and count(c) is a
// variable: those of all domains add up to the pods there are, less those that may be left, and the
// rules that spread them or keep them apart are rows. Then launches are cut off that hold the
// pods in no domains, not only those that do not hold one choice of them.
//
// At the launches' prices in the place of y the same program says what pods are worth (Worth).
package separation
