package integral

import (
	"container/heap"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxPods and maxRows bound the problems that are small.
	maxPods, maxRows = 200, 120
	// integralTol: a number this close to a whole one counts as it.
	integralTol = 1e-6
	// boxTicks is what a box counts as, beside its pivots, in ticks.
	boxTicks = 100
)

// A Search looks for better solutions of a small model.
type Search struct {
	m       *model.Model
	meter   *work.Meter
	columns []model.Column
	bins    []int // of the columns
	unit    int64 // every price is a multiple
	cost    int64 // of the incumbent

	nodes   *nodes // the program over numbers of nodes
	packer  *packer
	open    ilp.Open[*box]
	waiting []*box // for whose numbers of nodes the steps did not suffice
	numbers int    // boxes made
}

// Small reports whether a model is small enough, and without rules: no caps, gangs or order of
// pools, and bins admit all classes that they have room for. With rules the time is better
// spent on columns and neighbourhoods.
func Small(m *model.Model, bins []int) bool {
	pods := int64(0)
	for c := range m.Classes {
		pods += m.Classes[c].Count
	}
	if pods > maxPods || len(m.Classes)+len(bins) > maxRows || len(m.Caps) > 0 || m.Ranks > 1 || m.Gangs > 0 {
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

// New returns a search for solutions that cost less than cost. relaxed is about what the
// program over columns costs, and pi are its duals. The bins are those worth launching. It
// returns nil where there are too many columns, or none.
func New(m *model.Model, bins []int, pi []float64, relaxed float64, cost int64, meter *work.Meter) *Search {
	s := &Search{m: m, meter: meter, cost: cost}
	for _, b := range bins {
		s.unit = arith.GCD(s.unit, m.Bins[b].Price)
	}
	s.columns = columnsWithin(m, bins, pi, float64(cost)-relaxed, meter)
	for i := range s.columns {
		if b := s.columns[i].Bin; !slices.Contains(s.bins, b) {
			s.bins = append(s.bins, b)
		}
	}
	if len(s.columns) == 0 {
		return nil
	}
	s.packer = newPacker(m, s.bins, s.columns, meter)
	s.nodes = newNodes(m, s.bins, s.columns)
	s.nodes.cut(pi)
	for r := range m.Resources {
		one := make([]float64, len(m.Classes))
		for c := range one {
			one[c] = float64(m.Classes[c].Requests[r])
		}
		s.nodes.cut(one)
	}
	low, high := s.nodes.bounds(s.packer.high[len(s.columns):])
	s.add(low, high, nil)
	return s
}

// Done reports whether nothing is left to look at.
func (s *Search) Done() bool { return s.open.Len() == 0 && len(s.waiting) == 0 }

// Improve looks for a solution that costs less than cost, in about ticks ticks; nil: it
// found none.
func (s *Search) Improve(cost, ticks int64) model.Solution {
	s.cost = min(s.cost, cost)
	for end := s.meter.Spent() + ticks; s.meter.Spent() < end && !s.meter.Done() && !s.Done(); {
		if s.open.Len() == 0 {
			s.packer.steps *= stepsGrow
			for _, x := range s.waiting {
				heap.Push(&s.open, x)
			}
			s.waiting = nil
		}
		x := heap.Pop(&s.open).(*box)
		s.meter.Spend(boxTicks)
		switch {
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

// try looks for a solution on the numbers of nodes of x, which are whole, and adds what x
// has beside them.
func (s *Search) try(x *box) model.Solution {
	y := x.rounded()
	found, values, all := s.packer.pack(y[:len(s.bins)])
	if found != nil && found.Cost(s.m) >= s.cost {
		found = nil
	}
	if values != nil && s.nodes.cut(values) && !s.nodes.meets(x.at, len(s.nodes.cuts)-1) {
		s.add(x.low, x.high, nil)
		return nil
	}
	if !all {
		s.waiting = append(s.waiting, &box{low: y, high: y, at: x.at, bound: x.bound, cuts: len(s.nodes.cuts), number: s.numbers})
		s.numbers++
	}
	x.tried = y
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
		heap.Push(&s.open, x)
	}
}
