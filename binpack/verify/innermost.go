package verify

import (
	"slices"

	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"

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

// closed returns the strongly connected components of a graph that no edge leaves.
func closed(graph [][]int) [][]int {
	g := simple.NewDirectedGraph()
	for n := range graph {
		g.AddNode(simple.Node(n))
	}
	for n, all := range graph {
		for _, to := range all {
			if to != n {
				g.SetEdge(simple.Edge{F: simple.Node(n), T: simple.Node(to)})
			}
		}
	}
	component := make([]int, len(graph))
	all := make([][]int, 0, len(graph))
	for i, nodes := range topo.TarjanSCC(g) {
		var members []int
		for _, n := range nodes {
			component[n.ID()] = i
			members = append(members, int(n.ID()))
		}
		all = append(all, members)
	}
	return slices.DeleteFunc(all, func(members []int) bool {
		return slices.ContainsFunc(members, func(n int) bool {
			return slices.ContainsFunc(graph[n], func(to int) bool { return component[to] != component[n] })
		})
	})
}
