// Package packing says whether given launches hold the pods, and how. It branches on how many nodes of a group
// of alike ones have some number of pods of a kind, or more. A leaf is groups of nodes, each with the fewest and the most pods of
// every kind. Its relaxation is the linear program over their fillings p,
//
//	minimise   Σ_k w(k)·s(k)
//	subject to Σ_p p(k)·x(p) + s(k) ≥ count(k)   for every kind k,
//	           Σ_{p of g} x(p) ≤ number(g)       for every group g,  x, s ≥ 0,
//
// solved by column generation. Its duals π are values of pods; where the nodes hold less than all pods
// are worth,
//
//	Σ_g number(g)·K_g(π) < Σ_k count(k)·π(k),
//
// K_g the most value of a filling of the group, the leaf is refuted, and that is computed in integers: a search that is cut
// short refutes less, never what is possible. Where fillings, in numbers rounded up, have all pods, that is a packing. Small programs are
// asked about again by counts of pods on each node (counts.go).
//
// Where pods may be left, or rules say which domains they may be in (rules.go), one node after the other is filled instead (completion.go).
// Near launches that hold too little there may be some that hold all pods, for little more (near.go).
//
// What fits on some launches fits on more. So what is refuted are these launches and all that are no more of any
// node.
//
// Source: Vance, Branch-and-Price Algorithms for the One-Dimensional Cutting Stock Problem, 1998; values that bound
// what nodes hold as in Farley, A Note on Bounding a Class of Linear Programming Problems, Including Cutting Stock
// Problems, 1990.
//
// Names: k kind, g group, p filling, π values.
package packing
