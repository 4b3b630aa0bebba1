// Package tabu looks for other nodes that hold the same pods for less. Some nodes of a solution are
// exchanged for others at a lower price. Their pods, and those of the nodes that stay, are n(u, i) pods of
// unit u on node i,
//
//	minimise   Σ_i Σ_r max(0, Σ_u a(u, r)·n(u, i) - C(i, r)) / C(r)
//	subject to Σ_i n(u, i) = count(u),   rules as they stand,   n ≥ 0 whole,
//
// a what one pod requests of a resource, C(i, r) what the node has of it and C(r) what nodes have on average.
// A tabu search (Glover, Tabu Search, Part I, 1989) moves a pod off a node that has too many, or exchanges
// two, whichever leaves least too much, and for some moves none goes back. Where nothing is too much the nodes hold the
// pods: for given nodes that is found much sooner than among all solutions (Buljubašić and Vasquez, Consistent Neighborhood
// Search for One-Dimensional Bin Packing and Two-Dimensional Vector Packing, 2016).
//
// Which nodes are exchanged is decided by values π of pods and cuts that all solutions meet: what nodes may hold by these,
// less what there is to hold, is their slack. Those with much slack come first.
//
// Names: u unit, i and j nodes, r resource, slack in units of value.
package tabu
