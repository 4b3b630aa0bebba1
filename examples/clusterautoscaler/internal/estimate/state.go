package estimate

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/stowage/stowage/catalog"
)

// A State is what has been launched, and what is still pending.
type State struct {
	Left  []int // kind → pods that are pending
	Runs  []Run
	Cost  catalog.Price
	Nodes []int // group → nodes that it got

	counts [][]int // counter → domain → pods; of a counter of nodes, one number: all pods
	used   []int64 // limit → what the launches took of it
}

// A Run is a number of nodes of one group that hold alike.
type Run struct {
	Group, Nodes int
	On           []int32 // kind → pods on each node

	free []int64 // what is left of each node
}

// Start returns the state in which all is pending and nothing launched.
func (m *Model) Start() *State {
	s := &State{
		Left:   make([]int, len(m.Kinds)),
		Nodes:  make([]int, len(m.Groups)),
		counts: make([][]int, len(m.rules.counters)),
		used:   make([]int64, len(m.shares)),
	}
	for k := range m.Kinds {
		s.Left[k] = m.Kinds[k].Count
	}
	for c := range m.rules.counters {
		s.counts[c] = make([]int, max(1, m.rules.counters[c].sizes))
	}
	return s
}

// Clone returns a state of its own.
func (s *State) Clone() *State {
	o := *s
	o.Left = slices.Clone(s.Left)
	o.Runs = slices.Clone(s.Runs)
	o.Nodes = slices.Clone(s.Nodes)
	o.used = slices.Clone(s.used)
	o.counts = make([][]int, len(s.counts))
	for c := range s.counts {
		o.counts[c] = slices.Clone(s.counts[c])
	}
	return &o
}

// Pending returns how many pods are pending.
func (s *State) Pending() int { return sum(s.Left) }

// Key returns what of s the next rounds depend on, where limits and nodes do not count.
func (s *State) Key() string {
	var b []byte
	for _, n := range s.Left {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, c := range s.counts {
		for _, n := range c {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return string(b)
}

// room returns how many pods of kind k a node with so much free holds.
func (m *Model) room(s *State, k int, free []int64, on []int32) int {
	n := int64(math.MaxInt32)
	for r, need := range m.Requests[k] {
		if need > 0 {
			n = min(n, free[r]/need)
			if n <= 0 {
				return 0
			}
		}
	}
	if len(m.rules.of[k]) == 0 {
		return int(n)
	}
	return min(int(n), m.perNode(s, k, on))
}

// put places q pods of kind k on run i, as many to a node as cap, and splits the run where
// its nodes no longer hold alike. It returns by how many runs the list grew.
func (m *Model) put(s *State, k, i, cap, q int) int {
	r := s.Runs[i]
	full, rest := q/cap, q%cap
	var parts []Run
	part := func(nodes, pods int) {
		if nodes == 0 {
			return
		}
		p := Run{Group: r.Group, Nodes: nodes, On: r.On, free: r.free}
		if pods > 0 {
			p.On, p.free = slices.Clone(r.On), slices.Clone(r.free)
			p.On[k] += int32(pods)
			for x, need := range m.Requests[k] {
				p.free[x] -= need * int64(pods)
			}
		}
		parts = append(parts, p)
	}
	part(full, cap)
	if rest > 0 {
		part(1, rest)
		part(r.Nodes-full-1, 0)
	} else {
		part(r.Nodes-full, 0)
	}
	if len(parts) == 1 {
		s.Runs[i] = parts[0]
	} else {
		s.Runs = slices.Replace(s.Runs, i, i+1, parts...)
	}
	s.Left[k] -= q
	m.count(s, k, r.Group, q)
	return len(parts) - 1
}

// fit places pending pods of kind k on the runs from lo on, each on the first with room.
func (m *Model) fit(s *State, k, lo int) {
	for again := true; again && s.Left[k] > 0; {
		again = false
		for i := lo; i < len(s.Runs) && s.Left[k] > 0; i++ {
			r := &s.Runs[i]
			if !m.admits[k][r.Group] {
				continue
			}
			cap := m.room(s, k, r.free, r.On)
			if cap <= 0 {
				continue
			}
			q := min(s.Left[k], m.allowed(s, k, r.Group), cap*r.Nodes)
			if q <= 0 {
				continue
			}
			i += m.put(s, k, i, cap, q)
			again = m.overDomains(k) // another domain may have become open
		}
	}
}

// Settle places pending pods on nodes of earlier rounds that have room, as kube-scheduler
// does before Cluster Autoscaler looks again.
func (m *Model) Settle(s *State) {
	if len(s.Runs) == 0 {
		return
	}
	for k := range m.Kinds {
		if s.Left[k] > 0 {
			m.fit(s, k, 0)
		}
	}
}
