package packing

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/fill"
)

const (
	// totalValue is about what all pods are worth in whole numbers.
	totalValue = 1 << 44
	// nodeTicks is what a node counts as, in ticks, beside the steps of its knapsack.
	nodeTicks = 20
	// depthSteps bounds a depth-first search of a node, and hardSteps one where that found nothing.
	depthSteps, hardSteps = 2_000, 20_000
)

// improve adds fillings that are worth more than a node of their group by the duals, and reports whether there was one,
// or by which values the leaf is refuted; nil: it is not. It looks harder only where there is none.
func (s *Search) improve(l *leaf, p *program, ticks *int) (more bool, by []int64) {
	d := s.dualsOf(l, p)
	for _, hard := range []bool{false, true} {
		most := make([]int64, len(l.groups))
		for i := range l.groups {
			better := false
			most[i], better = s.fill(l, p, i, d, hard, ticks)
			more = more || better
		}
		if !s.hold(l, d.values, most) {
			return more, d.values
		}
		if more {
			return true, nil
		}
	}
	return false, nil
}

// duals are what pods of each kind are worth in whole numbers, and about what a node of each group may be worth if the leaf is
// to be refuted.
type duals struct {
	values, nodes []int64
}

func (s *Search) dualsOf(l *leaf, p *program) duals {
	pi, asked, held, nodes := p.master.Duals(), 0.0, 0.0, 0.0
	for k, kind := range s.Kinds {
		asked += float64(pi[k] * float64(kind.Count))
	}
	for i, g := range l.groups {
		held -= float64(pi[len(s.Kinds)+i] * float64(g.number))
		nodes += float64(g.number)
	}
	scale, spare := totalValue/max(asked, math.SmallestNonzeroFloat32), max(0, asked-held)/nodes/2
	d := duals{values: make([]int64, len(s.Kinds)), nodes: make([]int64, len(l.groups))}
	for k := range d.values {
		d.values[k] = int64(max(0, pi[k]) * scale)
	}
	for i := range d.nodes {
		d.nodes[i] = int64(float64(spare-pi[len(s.Kinds)+i]) * scale)
	}
	return d
}

// fill returns a bound of what a node of a group holds, and reports whether it added a filling that is worth more
// than the node.
func (s *Search) fill(l *leaf, p *program, group int, d duals, hard bool, ticks *int) (bound int64, better bool) {
	g := &l.groups[group]
	items, base := s.items(g, d.values)
	knapsack, floor := fill.New(items, p.rooms[group]), max(0, d.nodes[group]-base)
	add := func(found []int64, _ int64) {
		counts := slices.Clone(g.low)
		for j, n := range found {
			counts[items[j].Number] += n
		}
		s.fillings[g.node] = append(s.fillings[g.node], counts)
		p.add(group, counts)
		better = true
	}
	*ticks += nodeTicks
	if hard {
		*ticks += fill.StepTicks * knapsack.FillDepthFirst(floor, depthSteps, hardSteps, add)
	}
	found := make([]int64, len(items))
	most := knapsack.Best(depthSteps, found)
	*ticks += fill.StepTicks * most.Steps
	if !hard && most.Found > floor {
		add(found, most.Found)
	}
	if hard && !better && most.Bound > floor {
		*ticks += fill.StepTicks * knapsack.Search(&most, floor, hardSteps, &s.buffers)
	}
	return base + most.Bound, better
}

// hold reports whether the nodes of a leaf can hold all pods by these values: false is proven.
func (s *Search) hold(l *leaf, values, most []int64) bool {
	asked, held := int64(0), int64(0)
	for k, v := range values {
		asked = arith.Add(asked, arith.Mul(v, s.Kinds[k].Count))
	}
	for i, g := range l.groups {
		held = arith.Add(held, arith.Mul(g.number, most[i]))
	}
	return held >= asked
}

// items returns what may be on a node of a group beside the fewest pods, those first that are worth most for their
// size, and what these are worth.
func (s *Search) items(g *group, values []int64) (items []fill.Item, base int64) {
	for k, v := range values {
		base += v * g.low[k]
		if v > 0 && g.high[k] > g.low[k] {
			items = append(items, fill.Item{Value: v, Count: g.high[k] - g.low[k], Requests: s.Kinds[k].Requests, Number: k})
		}
	}
	fill.SortByWorth(items, s.weights)
	return items, base
}
