// Package greedy packs by counts: it fills one node of each bin as well as it
// can, launches the bin that gives the most value for its price as often as
// there are pods for it, and goes on with what is left.
//
// With values from package relax a full node of an efficient bin is worth its
// price, so the ratio of value to price says how well a node is filled; pods
// that waste a node's other resources lower it. The effort grows with classes,
// bins and distinct fillings, not with pods.
//
// A node is filled in several orders and the best filling counts: large pods
// first, as first-fit decreasing does, and by what suits the remaining room
// (Panigrahy, Talwar, Uyeda and Wieder, Heuristics for Vector Bin Packing,
// 2011). Where there are very many classes some are drawn for each pod, and then
// pods are exchanged.
package greedy
