package primal

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// twiceTicks is the least work of a first dive that is shared by two: each takes some
// millions of ticks until it is at its end.
const twiceTicks = 4_000_000

// packingDivisor: a dive in place of a packing takes 1/packingDivisor of the work.
const packingDivisor = 20

// dives are what a Primal makes of its columns.
type dives struct{ p *Primal }

// twice reports whether the work of the first dive is shared by two, of different programs:
// one in which pods may be left uncovered for little, and one in which what pools cost that
// have a precedence is included. Which of them gives more differs.
func (d dives) twice() bool {
	return d.p.space.model.Ranks > 1 && d.ticks() >= twiceTicks && d.p.without.Uses(technique.TwoDives)
}

// ticks returns the work that a dive may take.
func (d dives) ticks() int64 { return d.p.columnTicks() / solveDivisor * (solveDivisor - 1) }

// half dives in half the work, before another dive of the same kind.
func (d dives) half() { d.dive(d.ticks()/2, nil) }

// first makes the first dive, and another one where it gave up by what a program that is cut short costs.
func (d dives) first() {
	p := d.p
	begun, ticks := p.meter.Spent(), d.ticks()
	if p.columns.cut && p.space.wide() && !ruled(p.unsplit) {
		ticks /= cutDivisor
	}
	d.dive(ticks, nil)
	p.columns.dived = p.columns.relaxed != nil
	if left := ticks - (p.meter.Spent() - begun); p.columns.cut && left > ticks/spareDivisor && !p.space.quick() {
		p.generate()
		d.dive(d.ticks(), nil)
	}
}

// dive makes a solution of the generated columns in about ticks ticks. rng shakes the order
// in which columns are rounded up; nil: it is not shaken.
func (d dives) dive(ticks int64, rng *rand.Rand) {
	if s := d.made(ticks, rng); s != nil {
		d.p.keep(d.p.space.inOrder(s))
	}
}

// made returns what a dive gives; nil: nothing.
func (d dives) made(ticks int64, rng *rand.Rand) model.Solution {
	p, m := d.p, d.p.space.model
	if p.columns.relaxed == nil || !p.without.Uses(technique.Dives) || p.meter.Interrupted() {
		return nil
	}
	limit := math.Inf(1)
	if model.NoneLeft(p.incumbent.Left(m)) {
		limit = float64(p.incumbent.Cost(m))
	}
	diver := d.diver()
	diver.Rng = rng
	return diver.Dive(nil, model.Solution{}.Left(m), model.Solution{}.Free(m), *p.columns.relaxed, limit, ticks)
}

// insteadOf returns what a dive gives, where it is better than a packing that leaves pods for limits: packing takes one
// node after the other and does not see that others need the limit more. Where pods are many that takes more work than it gives.
func (d dives) insteadOf(s model.Solution) model.Solution {
	p, m := d.p, d.p.space.model
	if len(m.Caps) == 0 || m.Pods() >= largePods || !p.without.Uses(technique.Dives) {
		return s
	}
	p.incumbent = s
	p.generate()
	if t := d.made(p.meter.Left(work.Default)/packingDivisor, nil); t != nil && t.Better(m, s) {
		s = t.Normal()
	}
	p.columns = columns{}
	return s
}

// prices returns what packing takes for the prices of bins where a dive is completed: the
// prices, and these with what a launch takes of the caps at their duals.
func (d dives) prices() [][]int64 {
	list, rents := d.p.space.costs.at(0), d.p.columns.relaxed.Rents
	if !slices.ContainsFunc(rents, func(w float64) bool { return w > 0 }) || !d.p.without.Uses(technique.CapPricing) {
		return [][]int64{list}
	}
	return [][]int64{list, withRents(d.p.space.model, list, rents)}
}

// diver returns what dives.
func (d dives) diver() *diving.Diver {
	p := d.p
	m, bins := p.space.model, p.space.bins
	packer := greedy.NewPacker(m, bins, p.meter)
	value, prices := packingValues(m, p.space.values, p.columns.relaxed.Duals), d.prices()
	pack := func(g *greedy.Packer, m *model.Model, demand, free []int64) model.Solution {
		var best model.Solution
		var least []int64
		for _, price := range prices {
			demand, free := slices.Clone(demand), slices.Clone(free)
			s := search.Shrink(m, bins, g.Pack(demand, free, value, price), free)
			left := m.ByLevel(demand)
			if c := slices.Compare(left, least); least == nil || c < 0 || c == 0 && s.Cost(m) < best.Cost(m) {
				best, least = s, left
			}
		}
		return best
	}
	out := &diving.Diver{Model: m, Generator: p.columns.generator, Meter: p.meter, Better: p.space.soundBetter, Quick: p.space.quick()}
	out.Complete = func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
		s := slices.Concat(fixed, pack(packer, m, demand, free))
		return s, model.NoneLeft(s.Left(m))
	}
	if m.Ranks > 1 {
		unordered := p.space.unordered()
		inTurn, atOnce := out.Complete, greedy.NewPacker(unordered, bins, p.meter)
		out.Complete = func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
			s, _ := inTurn(fixed, demand, free)
			s = p.space.repaired(s)
			if t := p.space.repaired(slices.Concat(fixed, pack(atOnce, unordered, demand, free))); p.space.soundBetter(t, s) {
				s = t
			}
			return s, model.NoneLeft(s.Left(m)) && !s.OutOfOrder(m)
		}
	}
	return out
}
