// Package knapsack fills one node of a bin with what is worth most:
//
//	maximise Σ_c value(c)·a(c)  subject to  Σ_c request(c,r)·a(c) ≤ capacity(r),
//	                                        0 ≤ a(c) ≤ limit(c), a whole.
//
// It is a heuristic. Multipliers of the resources that nearly minimise the
// Lagrangian dual say what each is worth in this node; a class's size is the
// weighted sum of the parts that a pod takes (a surrogate constraint: Glover,
// Surrogate Constraints, 1968). A filling starts with multipliers and order
// shaken a little: part of the node is filled so that its resources run out
// together, and the rest by a short depth-first search over the classes by value
// per size; or it starts with what the bin's last filling was. Then a few pods are
// taken out, again and again, and replaced by the subset of a few pods that is
// worth most of those that fit (meet in the middle: Horowitz and Sahni, Computing
// Partitions with Applications to the Knapsack Problem, 1974): subsets are listed
// once a round for all bins that may hold the same pods, by value, and what the
// room is worth by the multipliers says where in the list to begin. With values
// near the duals all pods are worth about what they take, and what counts is that
// nothing is left over: this finds out of millions of ways to fill a corner the
// best in about a microsecond. Where what was found is far from the bound all the
// same, branch and bound is asked: package fill has it.
//
// Its answers prove nothing: bounds are package bound's.
package knapsack
