package packing

import (
	"math"
	"slices"
)

// wholeness: how far the nodes are from whole decides between kinds whose weights differ by little, else the heavier kind.
const wholeness = 3

// A division asks of a group whether at least nodes of its nodes have at least pods pods of a kind each, or fewer do.
type division struct {
	group, kind int
	nodes, pods int64
}

// divided returns the parts of a leaf, the likelier one last; none: there is nothing to divide.
func (s *Search) divided(l *leaf) []*leaf {
	d, ok, likely := s.division(l)
	if !ok {
		return nil
	}
	at := &l.groups[d.group]
	few, many := *at, *at
	few.high, many.low = slices.Clone(at.high), slices.Clone(at.low)
	few.high[d.kind], many.low[d.kind] = d.pods-1, d.pods
	few.number, many.number = at.number-d.nodes+1, d.nodes
	parts := []*leaf{l.with(d.group, few, at.number-few.number), l.with(d.group, many, at.number-many.number)}
	if !likely {
		slices.Reverse(parts)
	}
	return parts
}

// with returns the leaf with a group of its own in the place of one, of whose nodes rest stay as they were.
func (l *leaf) with(at int, own group, rest int64) *leaf {
	out := &leaf{groups: slices.Clone(l.groups)}
	out.groups[at] = own
	if rest > 0 {
		other := l.groups[at]
		other.number = rest
		out.groups = append(out.groups, other)
	}
	return out
}

// division chooses how to divide a leaf: by a heavy kind, where the number of nodes that have as many pods of it as some
// filling is far from whole; or where all such numbers are whole, where one tells the fillings of a group apart. likely
// says that more nodes are the likelier.
func (s *Search) division(l *leaf) (out division, ok, likely bool) {
	best := 0.0
	for g := range l.groups {
		for k := range s.Kinds {
			for _, f := range l.used {
				if f.group != g || f.counts[k] <= l.groups[g].low[k] {
					continue
				}
				nodes := l.nodesWith(g, k, f.counts[k])
				whole := math.Floor(nodes + wholeTol)
				part, d := nodes-whole, division{group: g, kind: k, pods: f.counts[k], nodes: int64(whole) + 1}
				score := s.weights[k] * (wholeness + min(part, 1-part))
				if part <= wholeTol {
					score, d.nodes = s.weights[k]*wholeTol, int64(whole)
				}
				if d.nodes <= l.groups[g].number && score > best {
					best, out, ok, likely = score, d, true, part > 0.5 || part <= wholeTol
				}
			}
		}
	}
	return out, ok, likely
}

// nodesWith returns how many nodes of a group have at least pods pods of a kind.
func (l *leaf) nodesWith(group, kind int, pods int64) float64 {
	sum := 0.0
	for _, f := range l.used {
		if f.group == group && f.counts[kind] >= pods {
			sum += f.times
		}
	}
	return sum
}
