package estimate

import (
	"math"

	"github.com/stowage/stowage/catalog"
)

// A Growth is what a group's estimate is.
type Growth struct {
	Group, Nodes int
	Pods         []int // kind → pods that it holds
	Count        int   // of all kinds
	Cost         catalog.Price
}

// Grow lets a group grow for the pending pods, and changes s to what is then. The growth
// of a group that holds none has no nodes.
func (m *Model) Grow(s *State, g int) Growth {
	before := append([]int(nil), s.Left...)
	lo, has := len(s.Runs), s.Nodes[g]
	for _, k := range m.order[g] {
		if s.Left[k] == 0 {
			continue
		}
		m.fit(s, k, lo)
		m.open(s, k, g, has)
	}
	out := Growth{Group: g, Pods: before}
	for k := range before {
		out.Pods[k] -= s.Left[k]
		out.Count += out.Pods[k]
	}
	for _, r := range s.Runs[lo:] {
		out.Nodes += r.Nodes
	}
	out.Cost = m.Groups[g].Price * catalog.Price(out.Nodes)
	return out
}

// open adds nodes of group g, which had some before the round, for pods of kind k that
// no other new node holds.
func (m *Model) open(s *State, k, g, had int) {
	for s.Left[k] > 0 {
		cap := m.room(s, k, m.Free[g], nil)
		q := min(s.Left[k], m.allowed(s, k, g))
		if cap <= 0 || q <= 0 {
			return
		}
		if m.overDomains(k) {
			q = min(q, cap) // affinity to the first may be what lets the next in
		}
		nodes := min((q+cap-1)/cap, m.mayAdd(s, g))
		if m.Round > 0 {
			nodes = min(nodes, had+m.Round-s.Nodes[g])
		}
		if nodes <= 0 {
			return
		}
		q = min(q, nodes*cap)
		m.add(s, g, nodes)
		m.put(s, k, len(s.Runs)-1, cap, q)
	}
}

// add launches empty nodes.
func (m *Model) add(s *State, g, nodes int) {
	s.Runs = append(s.Runs, Run{Group: g, Nodes: nodes, On: make([]int32, len(m.Kinds)), free: m.Free[g]})
	s.Nodes[g] += nodes
	s.Cost += m.Groups[g].Price * catalog.Price(nodes)
	for i := range m.shares {
		s.used[i] += m.shares[i].amount[g] * int64(nodes)
	}
}

// mayAdd returns how many nodes a group may still get.
func (m *Model) mayAdd(s *State, g int) int {
	most := math.MaxInt32
	if m.Groups[g].Most > 0 {
		most = m.Groups[g].Most - s.Nodes[g]
	}
	for i := range m.shares {
		if a := m.shares[i].amount[g]; a > 0 {
			most = min(most, int((m.shares[i].left-s.used[i])/a))
		}
	}
	return max(most, 0)
}

// Step is a round: the group grows and, where balancing is on, shares its nodes with the
// groups that are like it, the one with the fewest first; then pods settle. The Growth is
// the estimate of the group alone.
func (m *Model) Step(s *State, g int) Growth {
	alike := m.alike[g]
	if len(alike) == 1 {
		return m.Grow(s, g)
	}
	alone := s.Clone()
	out := m.Grow(alone, g)
	share := m.sharing(s, g, out)
	if len(share) == 1 {
		*s = *alone
		return out
	}
	lo := len(s.Runs)
	for n := 0; n < out.Nodes; n++ {
		least := -1
		for _, o := range share {
			if m.mayAdd(s, o) > 0 && (least < 0 || s.Nodes[o] < s.Nodes[least]) {
				least = o
			}
		}
		if least < 0 {
			break
		}
		m.add(s, least, 1)
	}
	for _, k := range m.order[g] {
		m.fit(s, k, lo)
	}
	return out
}

// sharing returns the similar groups that would hold the pods of an estimate too.
func (m *Model) sharing(s *State, g int, of Growth) []int {
	share := []int{g}
	for _, o := range m.alike[g][1:] {
		all := true
		for k, n := range of.Pods {
			all = all && (n == 0 || m.admits[k][o] && m.room(s, k, m.Free[o], nil) > 0 && m.allowed(s, k, o) > 0)
		}
		if all {
			share = append(share, o)
		}
	}
	return share
}

// Forget drops the nodes of s, which no longer count where the model is Local.
func (s *State) Forget() { s.Runs = nil }

// Options returns the growth of each group that would hold a pending pod.
func (m *Model) Options(s *State) []Growth {
	var out []Growth
	for g := range m.Groups {
		t := s.Clone()
		if growth := m.Grow(t, g); growth.Nodes > 0 {
			out = append(out, growth)
		}
	}
	return out
}
