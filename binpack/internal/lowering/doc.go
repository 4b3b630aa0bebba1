// Package lowering lowers values of pods by as little as can be, so that given nodes hold no
// more of them than they may. With part(k) of the value v(k) of kind k given up, it solves
//
//	minimise   Σ_k count(k)·v(k)·part(k)
//	subject to Σ_k n(k)·v(k)·(1 - part(k)) ≤ limit(b)   for every filling n of every node b,
//	           0 ≤ part ≤ 1,
//
// with a row for each filling that searches of the nodes find to hold more: column generation
// (Gilmore and Gomory, 1961) of its dual by exact knapsacks.
package lowering
