// Package choose decides which node group Cluster Autoscaler is to grow, so that all
// rounds together cost least.
//
//	answer = first group of the cheapest sequence g₁, g₂, … with
//	         cost = Σ price(gᵢ) × nodes(gᵢ, what g₁ … gᵢ₋₁ leave)
//
// What each group takes and leaves is known (package estimate), so sequences can be
// followed to their end. They are searched by beam search: after each round the states with
// the least cost + Σ value × pods left are kept. The value of a pod is its shadow price
// in the whole plan, from the plan's certificate; what is left is worth, and will at
// least cost, as much. See Ow and Morton, "Filtered beam search in scheduling" (1988).
//
// The sequences of Cluster Autoscaler's own expanders are followed too, and so is what was
// left of the sequence of the last answer: none of them is cheaper than the one chosen,
// as far as the estimate is right (a rollout; Bertsekas, Tsitsiklis and Wu, "Rollout
// algorithms for combinatorial optimization" (1997)).
//
//	options ─classes─► what is different ─values─► shadow prices
//	        ─rollouts─► a first sequence ─beam─► better ones ─► Decision
package choose
