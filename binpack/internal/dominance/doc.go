// Package dominance says when one thing that can be launched may stand for
// another in any plan: a for b where
//
//	p_a ≤ p_b,  C_ar ≥ C_br for every resource r,  A_a ⊇ A_b,  u_ak ≤ u_bk for every cap k:
//
// it costs no more, holds no less, admits whatever b admits, and takes no more of
// any limit that launches share. What else counts, as limits of the thing itself,
// its user adds.
//
// Method and source: one comparison per number; dominance of item types as in
// Martello and Toth, Knapsack Problems, 1990, chapter 3.
package dominance
