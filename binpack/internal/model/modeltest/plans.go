package modeltest

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Plans calls f with plans of the model, each a way to put all pods on nodes that
// stand, within the caps, or to leave them: with all plans that differ in more
// than names and order. It stops where f returns false. f must not keep the
// nodes.
func Plans(m *model.Model, f func(nodes []Node) bool) {
	reached := map[string]plan{"": {free: slices.Clone(m.Caps)}}
	for c := range m.Classes {
		for range m.Classes[c].Count {
			next := map[string]plan{}
			for _, key := range sortedKeys(reached) {
				for _, p := range reached[key].with(m, c) {
					next[p.key()] = p
				}
			}
			reached = next
		}
	}
	for _, key := range sortedKeys(reached) {
		if !f(reached[key].nodes) {
			return
		}
	}
}

// A plan is some nodes, and what they leave of the caps.
type plan struct {
	nodes []Node
	free  []int64
}

// with returns the plans with one more pod of class c, or without it.
func (p plan) with(m *model.Model, c int) []plan {
	out := []plan{p}
	add := func(nodes []Node, i int, free []int64) {
		on := slices.Clone(nodes[i].On)
		on[c]++
		nodes[i].On = on
		if nodes[i].Stands(m) {
			slices.SortFunc(nodes, func(a, b Node) int { return cmp.Or(cmp.Compare(a.Bin, b.Bin), slices.Compare(a.On, b.On)) })
			out = append(out, plan{nodes, free})
		}
	}
	for i := range p.nodes {
		add(slices.Clone(p.nodes), i, p.free)
	}
	for b := range m.Bins {
		free := slices.Clone(p.free)
		if m.Spend(b, free, 1); slices.ContainsFunc(free, func(n int64) bool { return n < 0 }) {
			continue
		}
		add(append(slices.Clip(p.nodes), Node{b, make([]int64, len(m.Classes))}), len(p.nodes), free)
	}
	return out
}

func (p plan) key() string {
	var key []byte
	for _, n := range p.nodes {
		key = binary.AppendVarint(key, int64(n.Bin))
		for _, k := range n.On {
			key = binary.AppendVarint(key, k)
		}
	}
	return string(key)
}

func sortedKeys(plans map[string]plan) []string {
	keys := make([]string, 0, len(plans))
	for key := range plans {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// LeftBy returns how many pods of each level the nodes leave, the highest
// priority first.
func LeftBy(m *model.Model, nodes []Node) []int64 {
	var left []int64
	for c := range m.Classes {
		for len(left) <= m.Classes[c].Level {
			left = append(left, 0)
		}
		left[m.Classes[c].Level] += m.Classes[c].Count
	}
	for _, n := range nodes {
		for c, k := range n.On {
			left[m.Classes[c].Level] -= k
		}
	}
	return left
}

// GangsWhole reports whether of each gang all pods are placed or none.
func GangsWhole(m *model.Model, nodes []Node) bool {
	asked, placed := make([]int64, m.Gangs+1), make([]int64, m.Gangs+1)
	for c := range m.Classes {
		asked[m.Classes[c].Gang] += m.Classes[c].Count
		for _, n := range nodes {
			placed[m.Classes[c].Gang] += n.On[c]
		}
	}
	for g := 1; g <= m.Gangs; g++ {
		if placed[g] > 0 && placed[g] < asked[g] {
			return false
		}
	}
	return true
}

// Fewest returns the nodes of a plan that keeps all rules and gangs and leaves as
// few pods as any such plan.
func Fewest(m *model.Model) []Node {
	var best []Node
	least := LeftBy(m, nil)
	Plans(m, func(nodes []Node) bool {
		if left := LeftBy(m, nodes); slices.Compare(left, least) < 0 && GangsWhole(m, nodes) && Breaks(m, nodes) < 0 {
			best, least = nodes, left
		}
		return slices.ContainsFunc(least, func(n int64) bool { return n > 0 })
	})
	return best
}

// SolutionOf returns the nodes as columns.
func SolutionOf(nodes []Node) model.Solution {
	var s model.Solution
	for _, n := range nodes {
		j := model.Column{Bin: n.Bin, Times: 1}
		for c, k := range n.On {
			if k > 0 {
				j.Counts = append(j.Counts, model.Count{Class: c, N: k})
			}
		}
		s = append(s, j)
	}
	return s.Normal()
}
