// Package bound computes what a plan must cost at least, and proves it in
// integers. Give each kind of pods k a value v_k ≥ 0. Let K_b be the most
// value that one node of kind b holds:
//
//	K_b = max Σ v_k x_k   such that   Σ q_kr x_k ≤ C_br for every resource r,
//	                                  0 ≤ x_k ≤ n_k, x_k = 0 where b does not admit k,
//	                                  x_k ≤ m_k where one node holds m_k pods of k at most.
//
// A plan that places all pods, on y_b nodes of each kind, then has
//
//	Σ K_b y_b ≥ V = Σ n_k v_k,
//
// so the least price of integers y that cover V is a lower bound. Any values
// give a valid bound; the shadow prices of a linear program give a good one.
// Where pods may be left over, V is less by the most that they can be worth.
//
// The way: prepare drops what cannot matter and brings the instance into a
// form that does not depend on order or units. knapsack bounds each K_b from
// above by depth-first search, which ends soon or not at all; nodes takes those
// that hold the bound down and searches them again: by branch and bound on what is
// not on the node (packing.go), and by a dynamic program (states.go) that a Lagrangian
// relaxation keeps small (lagrange.go). fill asks the same branch and bound for
// fillings alone. cover bounds the
// price from below, by the linear relaxation (linear.go), exactly where one
// value divides the work (group.go) or the value is small (grid.go), and with
// caps that launches share (caps.go). Every step that is cut short leaves a
// weaker bound, never a wrong one. Equal instances have equal bounds.
//
// Names: k kind, b node, r resource, V value to cover, K most value, gain the
// same of a node in a cover.
package bound
