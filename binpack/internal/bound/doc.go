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
// Several cuts, each of values of its own, bound the price together (program.go):
// what one set of values does not see another does.
//
// The way: prepare.go drops what cannot matter and brings the instance into a form
// that does not depend on order or units. nodes.go has package fill bound each K_b, and
// searches those again that hold the bound down. Of one cut package cover bounds the
// price, of several package ilp. precedence.go divides the plans into branches where pools come
// before others, and memo.go keeps what nodes hold from one branch to the next. Every
// step that is cut short leaves a weaker bound, never a wrong one. Equal instances have
// equal bounds.
//
// Source: Farley, A Note on Bounding a Class of Linear Programming Problems, Including
// Cutting Stock Problems, 1990; the duals of Gilmore and Gomory, A Linear Programming
// Approach to the Cutting-Stock Problem, 1961, are such values.
//
// Names: k kind, b node, r resource, V value to cover, K most value, gain the
// same of a node in a cover.
package bound
