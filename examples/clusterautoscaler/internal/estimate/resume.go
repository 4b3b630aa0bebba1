package estimate

import "slices"

// A Launched is a number of nodes that an earlier answer made, and what is on each.
type Launched struct {
	Group string // ID
	Nodes int
	Pods  map[string]int // key of a kind → pods on each node
}

// Launched returns the nodes of s as they can be told to another model.
func (m *Model) Launched(s *State) []Launched {
	var out []Launched
	for _, r := range s.Runs {
		l := Launched{Group: m.Groups[r.Group].ID, Nodes: r.Nodes, Pods: make(map[string]int)}
		for k, n := range r.On {
			if n > 0 {
				l.Pods[m.Kinds[k].Key] = int(n)
			}
		}
		out = append(out, l)
	}
	return out
}

// Resume returns the state in which these nodes are there and nothing of them is paid
// for anymore. Nodes of groups that m has not are left out.
func (m *Model) Resume(nodes []Launched) *State {
	s := m.Start()
	group, kind := make(map[string]int), make(map[string]int)
	for g := range m.Groups {
		group[m.Groups[g].ID] = g
	}
	for k := range m.Kinds {
		kind[m.Kinds[k].Key] = k
	}
	for _, l := range nodes {
		g, ok := group[l.Group]
		if !ok {
			continue
		}
		r := Run{Group: g, Nodes: l.Nodes, On: make([]int32, len(m.Kinds)), free: slices.Clone(m.Free[g])}
		for key, n := range l.Pods {
			k, ok := kind[key]
			if !ok {
				continue
			}
			r.On[k] = int32(n)
			for x, need := range m.Requests[k] {
				r.free[x] -= need * int64(n)
			}
			m.count(s, k, g, n*l.Nodes)
		}
		s.Runs = append(s.Runs, r)
		s.Nodes[g] += l.Nodes
	}
	return s
}

// count adds q pods of kind k on nodes of group g to the counters.
func (m *Model) count(s *State, k, g, q int) {
	for _, c := range m.rules.adds[k] {
		d := 0
		if !m.rules.counters[c].host {
			if d = m.rules.counters[c].domain[g]; d < 0 {
				continue
			}
		}
		s.counts[c][d] += q
	}
}
