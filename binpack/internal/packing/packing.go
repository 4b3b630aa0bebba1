package packing

import (
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/spread"
)

const (
	// maxRows bounds the linear programs.
	maxRows = 60
	// wholeTol: a number this close to a whole one counts as it.
	wholeTol = 1e-6
	// leastWeight is the least weight of a kind; others weigh the parts of a node that a pod takes.
	leastWeight = 1e-3
	// usedPerTick is how many counts of fillings are compared in one tick.
	usedPerTick = 10
)

// A Search is pods that are to be placed, and nodes that may be launched for them. All numbers are at
// least 0. What is known of it is kept from one question to the next.
type Search struct {
	Kinds   []Kind
	Nodes   []Node
	Left    []int64         // pods of each level that need not be placed; missing: none
	Spreads []spread.Spread // of kinds that are the pods of one domain
	Aparts  []spread.Apart  // of these
	Cuts    []Cut           // that all pods meet; they make it quicker
	Caps    []int64         // what launches may take; only Near asks

	weights  []float64       // about what a pod of each kind is worth
	order    []int           // of the kinds: one that does not depend on how they were given, as far as they differ
	fillings [][][]int64     // known, of each node: pods of each kind
	refuted  [][]int64       // launches
	near     map[string]bool // launches that Near asked about
	buffers  fill.Lists
}

// A Cut is values of pods, and what follows from them.
type Cut struct {
	Values []int64 // per kind, at least 0
	Most   []int64 // per node, what the pods on it may be worth
	Least  int64   // what all pods that must be placed are worth, wherever they are
}

// A Kind is alike pods.
type Kind struct {
	Count    int64
	PerNode  int64   // no node holds more
	Requests []int64 // of one pod, per resource
	Level    int     // of priority
	Spread   int     // where the kind is the pods of one domain, the number of the Spread, from 1 on; 0: it is not
	Domain   int     // of that spread; Count is the most pods in the domain
}

// A Node is alike nodes.
type Node struct {
	Capacity []int64 // per resource
	Admits   []bool  // per kind

	Price, Limit int64 // of launches; only Near asks
	Uses         []dominance.Use
}

// An Answer is what is known of launches of the nodes.
type Answer struct {
	Refuted bool     // neither these launches hold all pods nor fewer do
	Values  []int64  // per kind: by these alone the launches hold too little; nil: it took more than that
	Found   []Packed // they do; nil: no packing was found
	Ticks   int      // that it took to find out
}

// A Packed is alike nodes with the same pods, one at least.
type Packed struct {
	Node   int
	Times  int64   // how many nodes
	Counts []int64 // on each, per kind
}

func (p Packed) empty() bool {
	return !slices.ContainsFunc(p.Counts, func(n int64) bool { return n > 0 })
}

// Ask asks of launches, a number for each node, whether they hold all pods that must be placed: where pods may be left or choose a domain
// node after node; else by fillings of nodes and then, where there are few nodes, by counts of pods. It takes about ticks ticks at most, and ends
// when ctx does.
func (s *Search) Ask(ctx context.Context, launches []int64, ticks int) Answer {
	if slices.ContainsFunc(s.refuted, func(known []int64) bool { return dominance.NoLess(known, launches) }) {
		return Answer{Refuted: true}
	}
	s.begin()
	var out Answer
	if s.ruled() {
		out = s.completed(ctx, launches, ticks)
	} else if out = s.filled(ctx, launches, ticks/2); !out.Refuted && out.Found == nil {
		a := s.counted(ctx, launches, ticks-out.Ticks)
		out.Refuted, out.Found = a.Refuted, a.Found
		out.Ticks += a.Ticks
	}
	if out.Refuted {
		s.refuted = append(s.refuted, slices.Clone(launches))
	}
	return out
}

// filled asks of launches as Ask does, by fillings.
func (s *Search) filled(ctx context.Context, launches []int64, ticks int) Answer {
	root := s.root(launches)
	if ticks <= 0 || len(s.Kinds)+len(root.groups) > maxRows {
		return Answer{}
	}
	out, open := Answer{}, []*leaf{root}
	for len(open) > 0 {
		if out.Ticks > ticks || ctx.Err() != nil {
			return out
		}
		l := open[len(open)-1]
		open = open[:len(open)-1]
		refuted, values := s.relax(ctx, l, &out.Ticks)
		if l == root {
			out.Values = values
		}
		if refuted {
			continue
		}
		if out.Found = s.packed(l); out.Found != nil {
			return out
		}
		out.Ticks += len(l.used) * len(l.used) * len(s.Kinds) / usedPerTick
		parts := s.divided(l)
		if parts == nil {
			return out
		}
		open = append(open, parts...)
	}
	out.Refuted = true
	return out
}

// begin weighs the kinds, by the largest node, and puts them into order, before the first question.
func (s *Search) begin() {
	if s.weights != nil {
		return
	}
	largest := make([]int64, len(s.Kinds[0].Requests))
	for _, n := range s.Nodes {
		for r, c := range n.Capacity {
			largest[r] = max(largest[r], c)
		}
	}
	s.weights = make([]float64, len(s.Kinds))
	for k, kind := range s.Kinds {
		s.weights[k] = leastWeight
		for r, q := range kind.Requests {
			s.weights[k] += float64(q) / float64(max(largest[r], 1))
		}
	}
	s.fillings = make([][][]int64, len(s.Nodes))
	s.order = s.ordered()
}

// root returns the leaf of all ways to pack.
func (s *Search) root(launches []int64) *leaf {
	l := &leaf{}
	for n, number := range launches {
		if number == 0 {
			continue
		}
		l.groups = append(l.groups, group{node: n, number: number, low: make([]int64, len(s.Kinds)), high: s.most(n)})
	}
	return l
}

// most returns the most pods of each kind that a node may hold.
func (s *Search) most(node int) []int64 {
	out := make([]int64, len(s.Kinds))
	for k, kind := range s.Kinds {
		if s.Nodes[node].Admits[k] {
			out[k] = fill.Fit(kind.Requests, s.Nodes[node].Capacity, min(kind.Count, kind.PerNode))
		}
	}
	return out
}

// packed returns the packing of a leaf whose fillings, rounded up, are no more than its nodes, and have all pods; nil: they are
// not.
func (s *Search) packed(l *leaf) []Packed {
	var out []Packed
	left, nodes := make([]int64, len(s.Kinds)), make([]int64, len(l.groups))
	for k, kind := range s.Kinds {
		left[k] = kind.Count
	}
	for _, f := range l.used {
		whole := int64(math.Ceil(f.times - wholeTol))
		if nodes[f.group] += whole; nodes[f.group] > l.groups[f.group].number {
			return nil
		}
		out = append(out, taken(l.groups[f.group].node, whole, f.counts, left)...)
	}
	if slices.ContainsFunc(left, func(n int64) bool { return n > 0 }) {
		return nil
	}
	return out
}

// taken returns as many nodes with a filling, without pods that are not left, and takes their pods out of those left.
func taken(node int, times int64, filling, left []int64) (out []Packed) {
	for times > 0 {
		n := Packed{Node: node, Times: times, Counts: make([]int64, len(left))}
		pods := int64(0)
		for k := range left {
			if n.Counts[k] = min(filling[k], left[k]); n.Counts[k] > 0 {
				pods += n.Counts[k]
				n.Times = min(n.Times, left[k]/n.Counts[k])
			}
		}
		if pods == 0 {
			return out
		}
		for k := range left {
			left[k] -= n.Times * n.Counts[k]
		}
		times -= n.Times
		out = append(out, n)
	}
	return out
}
