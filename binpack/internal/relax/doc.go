// Package relax values the pods of each class by a linear program over
// resources: what must be paid, at the margin, for room for one more.
//
// Classes that the same bins admit form a group g, which asks for demand(g,r)
// of resource r in all. The program is
//
//	minimise   Σ_b price(b)·y(b)
//	subject to Σ_b z(g,r,b) ≥ demand(g,r)        for each group and resource
//	           Σ_g z(g,r,b) ≤ capacity(b,r)·y(b) for each bin and resource,
//
// with z(g,r,b) = 0 where b does not admit g, and z(g,r,b) ≤ demand(g,r)·y(b),
// as no node gives a group more than it asks for. It relaxes the packing in two
// ways: pods may be split, and a group may take the cpu of one node and the
// memory of another. Where all bins admit all classes it is the usual bound of
// vector packing: the cost of the cheapest mix of nodes with enough of each
// resource in all.
//
// Method: column generation (Gilmore and Gomory, A Linear Programming Approach
// to the Cutting-Stock Problem, 1961) with a subproblem that needs no search. A
// column is a bin and what it gives to each group of each resource: the group
// that pays most for a unit is served first.
//
// The value of a pod is Σ_r dual(g,r)·request(r). Values are guesses: whoever
// proves something with them does so in integers.
package relax
