// Package fill bounds what one node can hold that is worth most, and finds good
// fillings:
//
//	K = max Σ v_k x_k  such that  Σ q_kr x_k ≤ C_r for every resource r,
//	                              0 ≤ x_k ≤ n_k, x whole.
//
// A depth-first search over the items by value per size (depth.go) comes first; it
// ends soon or not at all. Size is a surrogate resource (surrogate.go: Glover,
// Surrogate Constraints, 1968) whose multipliers make it tight (multipliers.go).
// Where the bound is still above what was found, branch and bound looks at what is
// not on the node (packing.go), and a dynamic program (states.go) at the states that
// the table of a Lagrangian relaxation leaves (lagrange.go; Martello and Toth,
// Knapsack Problems, 1990). What proves is computed in whole numbers: a search that
// is cut short leaves a higher bound, never a wrong one.
//
// Names: item k, value v, resource r, room C, weight the size in the surrogate.
package fill
