package packing

import "slices"

// A leaf is a part of the ways to pack.
type leaf struct {
	groups []group
	used   []used // fillings of its relaxation
}

// A group is alike nodes, each with at least low and at most high pods of each kind.
type group struct {
	node      int
	number    int64
	low, high []int64
}

// used is a filling, and on how many nodes of a group it is.
type used struct {
	group  int
	counts []int64
	times  float64
}

// has reports whether a filling is one of the group.
func (g *group) has(counts []int64) bool {
	for k, n := range counts {
		if n < g.low[k] || n > g.high[k] {
			return false
		}
	}
	return true
}

// room returns what the fewest pods on each node of a group leave of its capacity; nil: they overrun it.
func (s *Search) room(g *group) []int64 {
	room := slices.Clone(s.Nodes[g.node].Capacity)
	for k, n := range g.low {
		for r, q := range s.Kinds[k].Requests {
			if room[r] -= n * q; room[r] < 0 {
				return nil
			}
		}
	}
	return room
}
