package verify

import (
	"slices"

	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// innermostKinds returns the smallest set of waiting kinds that want none but each
// other, of such the one of the first kind.
func innermostKinds(waiting []*nodePods) map[*reading.Kind]bool {
	var kinds []*reading.Kind
	seen := map[*reading.Kind]bool{}
	for _, p := range waiting {
		if !seen[p.kind] {
			seen[p.kind] = true
			kinds = append(kinds, p.kind)
		}
	}
	var inner []int
	for _, set := range closed(wantsOf(kinds)) {
		of := slices.Sorted(slices.Values(slices.DeleteFunc(set, func(n int) bool { return n >= len(kinds) })))
		if len(of) > 0 && (inner == nil || len(of) < len(inner) || len(of) == len(inner) && of[0] < inner[0]) {
			inner = of
		}
	}
	out := map[*reading.Kind]bool{}
	for _, n := range inner {
		out[kinds[n]] = true
	}
	return out
}

// wantsOf returns a graph: from each kind to its affinity, and from each affinity to the
// kinds that it selects. Kinds have the numbers of the list, affinities those above.
func wantsOf(kinds []*reading.Kind) [][]int {
	graph := make([][]int, len(kinds))
	node := map[int]int{} // of each affinity, by its number
	for n, kind := range kinds {
		number := kind.Rules.Affinities[0].Number
		if _, known := node[number]; !known {
			node[number] = len(graph)
			graph = append(graph, nil)
		}
		graph[n] = []int{node[number]}
	}
	for n, kind := range kinds {
		for _, number := range kind.Rules.SelectedBy.Affinities {
			if at, known := node[number]; known {
				graph[at] = append(graph[at], n)
			}
		}
	}
	for n := range kinds {
		if len(graph[graph[n][0]]) == 0 {
			graph[n] = nil // it wants none that waits
		}
	}
	return graph
}

// closed returns the strongly connected components of a graph that no edge leaves
// (Tarjan, Depth-First Search and Linear Graph Algorithms, 1972).
func closed(graph [][]int) [][]int {
	var out [][]int
	var stack []int
	index, low, component := make([]int, len(graph)), make([]int, len(graph)), make([]int, len(graph)) // all from 1 on
	begun, components := 0, 0
	var visit func(n int)
	visit = func(n int) {
		begun++
		index[n], low[n] = begun, begun
		stack = append(stack, n)
		for _, to := range graph[n] {
			if index[to] == 0 {
				visit(to)
			}
			if component[to] == 0 {
				low[n] = min(low[n], low[to])
			}
		}
		if low[n] < index[n] {
			return
		}
		components++
		at := len(stack) - 1
		for stack[at] != n {
			at--
		}
		for _, member := range stack[at:] {
			component[member] = components
		}
		leaves := false
		for _, member := range stack[at:] {
			leaves = leaves || slices.ContainsFunc(graph[member], func(to int) bool { return component[to] != components })
		}
		if !leaves {
			out = append(out, slices.Clone(stack[at:]))
		}
		stack = stack[:at]
	}
	for n := range graph {
		if index[n] == 0 {
			visit(n)
		}
	}
	return out
}
