// Package knapsack fills one node of a bin with what is worth most:
//
//	maximise Σ_c value(c)·a(c)  subject to  Σ_c request(c,r)·a(c) ≤ capacity(r),
//	                                        0 ≤ a(c) ≤ limit(c), a whole.
//
// It is a heuristic, the cheap level of column generation. Multipliers of the
// resources that nearly minimise the Lagrangian dual say what each is worth in
// this node; a class's size is the weighted sum of the parts that a pod takes
// (a surrogate constraint: Glover, Surrogate Constraints, 1968), which also
// bounds what is still to come. In several rounds, with multipliers and order
// shaken a little, part of the node is filled so that its resources run out
// together, and the rest by a short depth-first search over the classes by value
// per size. With values near the duals all pods are worth about what they take,
// and many steps in one order find less than few steps in many orders.
//
// Its answers prove nothing: bounds are package bound's.
package knapsack
