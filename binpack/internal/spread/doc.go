// Package spread says how few of some values pods are worth that a rule spreads over domains.
// With n_d pods in domain d, each worth v_d there, and b_d others before, it has
//
//	min Σ v_d n_d   such that   Σ n_d = n,   n_d + b_d ≤ skew + min_e (n_e + b_e) where n_d > 0.
//
// For a given least number m of a domain, each n_d is between two bounds, and the cheapest
// domains are filled first. So it tries each m that the rule allows; of many, all at once,
// which makes the value lower and never higher.
//
// Source: the continuous knapsack with bounds, Dantzig, Discrete-Variable Extremum Problems,
// 1957; topology spread constraints as the documentation of Kubernetes defines them.
package spread
