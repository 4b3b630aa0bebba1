package integral

import (
	"container/heap"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxPods and maxRows bound the problems that are small.
	maxPods, maxRows = 400, 120
	// integralTol: a number this close to a whole one counts as it.
	integralTol = 1e-6
	// boxTicks is what a box counts as, beside its pivots, in ticks.
	boxTicks = 100
	// elementsPerTick is the number of elements of a tableau that a pivot computes in one
	// tick.
	elementsPerTick = 16
	// firstSeparation bounds the search for one cut, in ticks, and lastSeparation the last of them where the values
	// found so far give none. Each has separationGrows times as much as the one before.
	firstSeparation, lastSeparation, separationGrows = 200_000, 3_200_000, 4
)

// A Search looks for better solutions of a small model.
type Search struct {
	m     *model.Model
	bins  []int
	meter *work.Meter
	unit  int64 // every price is a multiple
	cost  int64 // of the incumbent

	nodes     *nodes // the program over numbers of nodes
	separator *separation.Separator
	packer    *packer
	open      ilp.Open[*box]
	next      *box   // of those that were added last the first; nil: that of least bound is next
	waiting   []*box // whose numbers of nodes were not packed, though no cut is known that they do not meet
	numbers   int    // boxes made
}

// Small reports whether a model is small enough, and without rules: no caps, gangs, order of
// pools or rules about the pods of one node, and bins admit all classes that they have room for. With rules the time is better
// spent on columns and neighbourhoods.
func Small(m *model.Model, bins []int) bool {
	if m.Pods() > maxPods || len(m.Classes)+len(bins) > maxRows || len(m.Caps)+len(m.Groups)+m.Gangs > 0 || m.Ranks > 1 {
		return false
	}
	for _, b := range bins {
		bin := &m.Bins[b]
		for c := range m.Classes {
			if bin.Price == 0 || !bin.Admits.Has(c) && dominance.NoLess(bin.Capacity, m.Classes[c].Requests) {
				return false
			}
		}
	}
	return true
}

// New returns a search for solutions that cost less than cost. The bins are those worth launching,
// and pi is about what a pod of each class is worth.
func New(m *model.Model, bins []int, pi []float64, cost int64, meter *work.Meter) *Search {
	s := &Search{
		m: m, bins: bins, meter: meter, cost: cost,
		nodes: newNodes(m, bins, meter), separator: separation.New(m, bins, separation.Demand{}, meter), packer: newPacker(m, bins, pi, meter),
	}
	s.nodes.cut(pi)
	for r := range m.Resources {
		one := make([]float64, len(m.Classes))
		for c := range one {
			one[c] = float64(m.Classes[c].Requests[r])
		}
		s.nodes.cut(one)
	}
	most := make([]int64, len(bins))
	for i, b := range bins {
		s.unit = arith.GCD(s.unit, m.Bins[b].Price)
		most[i] = cost / m.Bins[b].Price
	}
	low, high := s.nodes.bounds(most)
	s.add(low, high, nil)
	return s
}

// Done reports whether nothing is left to look at.
func (s *Search) Done() bool { return s.open.Len() == 0 && len(s.waiting) == 0 && s.next == nil }

// Improve looks for a solution that costs less than cost, in about ticks ticks; nil: it
// found none. From the box of least bound it plunges into smaller and smaller ones until their
// numbers are whole.
func (s *Search) Improve(cost, ticks int64) model.Solution {
	s.cost = min(s.cost, cost)
	for end := s.meter.Spent() + ticks; s.meter.Spent() < end && !s.meter.Done() && !s.Done(); {
		s.meter.Spend(boxTicks)
		switch x := s.take(); {
		case x.bound >= s.cost:
		case x.cuts < len(s.nodes.cuts) && !s.nodes.meets(x.at, x.cuts):
			s.add(x.low, x.high, nil)
		case !x.whole() || slices.Equal(x.tried, x.rounded()):
			s.split(x)
		default:
			if found := s.try(x); found != nil {
				s.cost = found.Cost(s.m)
				return found
			}
		}
	}
	return nil
}

// take takes the next box out. When only those that wait are left, all are looked at longer.
func (s *Search) take() *box {
	if x := s.next; x != nil {
		s.next = nil
		return x
	}
	if s.open.Len() == 0 {
		s.packer.lookLonger()
		for _, x := range s.waiting {
			heap.Push(&s.open, x)
		}
		s.waiting = nil
	}
	return heap.Pop(&s.open).(*box)
}

// try looks for a solution on the numbers of nodes of x, which are whole, and adds what x
// has beside them.
func (s *Search) try(x *box) (found model.Solution) {
	all := x.rounded()
	y := all[:len(s.bins)]
	var values []float64
	for ticks := int64(firstSeparation); ticks <= lastSeparation; ticks *= separationGrows {
		if values = s.separator.Values(y, s.packer.values, ticks); values == nil {
			break
		}
		if s.nodes.cut(values) && !s.nodes.meets(x.at, len(s.nodes.cuts)-1) {
			s.add(x.low, x.high, nil)
			return nil
		}
	}
	if values == nil {
		var refuted bool
		if found, refuted = s.packer.pack(y, s.cost); found == nil && !refuted {
			s.waiting = append(s.waiting, &box{low: all, high: all, at: x.at, bound: x.bound, cuts: len(s.nodes.cuts), number: s.numbers})
			s.numbers++
		}
	}
	x.tried = all
	heap.Push(&s.open, x)
	return found
}

// add adds the box of numbers of nodes within these bounds, unless nothing in it costs less
// than the incumbent. tried are numbers of nodes that were tried; nil: none.
func (s *Search) add(low, high []int64, tried []int64) {
	x := &box{low: low, high: high, tried: tried, number: s.numbers, cuts: len(s.nodes.cuts)}
	s.numbers++
	if x.at = s.nodes.solve(low, high); x.at == nil {
		return
	}
	s.meter.Spend(s.nodes.program.Pivots * (1 + len(s.nodes.cuts)*len(s.bins)/elementsPerTick))
	sum := 0.0
	for i, b := range s.bins {
		sum += float64(x.at[i] * float64(s.m.Bins[b].Price/s.unit))
	}
	if x.bound = int64(math.Ceil(sum-integralTol)) * s.unit; x.bound < s.cost {
		if s.next == nil || x.Before(s.next) {
			x, s.next = s.next, x
		}
		if x != nil {
			heap.Push(&s.open, x)
		}
	}
}
