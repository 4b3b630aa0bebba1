package packing

import (
	"cmp"
	"slices"
	"strconv"
)

// A unit is the pods of a kind that is in no spread, or those of a spread, which are a kind in each domain.
type unit struct {
	kinds    []int
	count    int64
	requests []int64
	level    int
	spread   int // from 1 on; 0: none
}

// A place is one node that is launched.
type place struct {
	node int
	kind []int   // per unit, its kind that the node admits; below 0: none
	most []int64 // per unit, pods on it
}

// ordered returns the kinds by what they ask for, how many they are and which nodes admit them. A search that is cut short depends on
// their order: so it is the same for all who ask the same.
func (s *Search) ordered() []int {
	admits := make([][]byte, len(s.Kinds))
	out := make([]int, len(s.Kinds))
	for k := range s.Kinds {
		out[k] = k
		for n := range s.Nodes {
			admits[k] = strconv.AppendBool(admits[k], s.Nodes[n].Admits[k])
		}
	}
	slices.SortStableFunc(out, func(i, j int) int {
		a, b := &s.Kinds[i], &s.Kinds[j]
		return cmp.Or(slices.Compare(a.Requests, b.Requests), cmp.Compare(a.Count, b.Count), cmp.Compare(a.PerNode, b.PerNode), cmp.Compare(a.Level, b.Level), slices.Compare(admits[i], admits[j]))
	})
	return out
}

// units returns the units, the heavy ones first.
func (s *Search) units() []unit {
	var out []unit
	at := map[int]int{} // of each spread
	for _, k := range s.order {
		kind := &s.Kinds[k]
		if u, known := at[kind.Spread]; known {
			out[u].kinds = append(out[u].kinds, k)
			continue
		}
		u := unit{[]int{k}, kind.Count, kind.Requests, kind.Level, kind.Spread}
		if kind.Spread > 0 {
			at[kind.Spread], u.count = len(out), s.Spreads[kind.Spread-1].Count
		}
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b unit) int { return cmp.Compare(s.weights[b.kinds[0]], s.weights[a.kinds[0]]) })
	return out
}

// places returns the nodes that are launched, domain by domain, the large ones first; nil: they are too many, or one is in two domains of
// a spread.
func (s *Search) places(launches []int64, units []unit) []place {
	out := []place{}
	for n, number := range launches {
		if number == 0 {
			continue
		}
		p, most := place{n, make([]int, len(units)), make([]int64, len(units))}, s.most(n)
		for u := range units {
			p.kind[u] = -1
			for _, k := range units[u].kinds {
				switch {
				case most[k] == 0:
				case p.kind[u] >= 0:
					return nil
				default:
					p.kind[u], p.most[u] = k, most[k]
				}
			}
		}
		if int64(len(out)) > maxPlaces-number {
			return nil
		}
		out = append(out, slices.Repeat([]place{p}, int(number))...)
	}
	rank := make([]int, len(s.Kinds))
	for i, k := range s.order {
		if s.Kinds[k].Spread > 0 {
			rank[k] = i
		}
	}
	domain := func(p *place) []int {
		var out []int
		for _, k := range p.kind {
			if k >= 0 {
				out = append(out, rank[k])
			}
		}
		return out
	}
	slices.SortStableFunc(out, func(a, b place) int {
		return cmp.Or(slices.Compare(domain(&a), domain(&b)), -slices.Compare(s.Nodes[a.node].Capacity, s.Nodes[b.node].Capacity))
	})
	return out
}
