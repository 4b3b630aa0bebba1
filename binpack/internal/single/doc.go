// Package single solves problems with one class of pods to their optimum.
//
// With k(b) pods to a node of bin b the problem is a knapsack that is to be
// filled at least, and as cheaply as can be:
//
//	minimise Σ_b price(b)·y(b)  subject to  Σ_b k(b)·y(b) ≥ n,  y whole.
//
// Where no cap binds it is solved by dynamic programming over n (Martello and
// Toth, Knapsack Problems, 1990, chapter 3). A large n is first cut down: let *
// be the bin with the least price per pod. Any k(*) nodes contain some whose
// pods sum to a multiple of k(*), and those may be replaced by nodes of bin *
// at no greater cost. So some optimum has fewer than k(*) nodes of other bins,
// and all but k(*)·max k(b) pods are on nodes of bin *.
//
// Where a cap binds, states carry what they use of the caps, and only those
// are kept that no other beats in cost and every cap. As many pods as the caps
// allow are placed, and then as cheaply as can be.
package single
