package solver

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
)

const (
	// tiedShare is the part of the work that columns get, one in so many, where
	// rules tie nodes together: there the neighbourhood search can move pods
	// between cells.
	tiedShare = 2
	// solveShare is the part of that which the program gets, one in so many; the
	// rest is for dives.
	solveShare = 3
	// maxRounds bounds the column generation: it seldom needs as many.
	maxRounds = 400
	// firstLevel is the effort of the knapsacks in the first solve: then a dive is
	// worth more than the last columns.
	firstLevel = 1
	// laterTicks bounds the dives after the first.
	laterTicks = 12_000_000
)

// columnTicks returns the work that columns may take.
func (r *run) columnTicks() int64 {
	ticks := r.meter.Left(DefaultWork)
	if m := r.compiled.model; len(m.Rules) > 0 || m.Stages > 1 {
		ticks /= tiedShare
	}
	return ticks
}

// generate solves the program over columns, from those that are there.
func (r *run) generate() {
	r.relaxed = nil
	if n := len(r.model.Classes); n < 2 || n > colgen.MaxClasses || !r.uses(columnGeneration) {
		return
	}
	first := r.generator == nil
	switch {
	case first:
		r.generator = colgen.New(r.model, r.bins, r.meter)
	case r.model.Stages > 1: // with what the order costs, and without, in turn
		before, m := r.generator, r.model
		if r.floored = !r.floored; r.floored {
			m = r.inTurn()
		}
		r.generator = colgen.New(m, r.bins, r.meter)
		r.generator.Pool = before.Pool
		r.generator.Pivots, r.generator.Pricings = before.Pivots, before.Pricings
	}
	r.generator.Add(r.best)
	start := r.split.Values(r.worth.duals)
	if !r.uses(smoothing) {
		start = nil
	}
	effort := colgen.Effort{Rounds: maxRounds, Ticks: r.columnTicks() / solveShare, Level: colgen.Thorough}
	if first {
		effort.Level = firstLevel
	}
	x := r.generator.Solve(model.Solution{}.Left(r.model), model.Solution{}.Free(r.model), start, effort)
	r.relaxed = &x
	if first {
		r.duals = x.Duals
	}
}

// dive makes a solution of the columns that were generated, and begins the search
// anew from the incumbent.
func (r *run) dive() {
	if r.relaxed != nil && r.uses(dives) {
		limit := math.Inf(1)
		if noneLeft(r.best.Left(r.model)) {
			limit = float64(r.best.Cost(r.model))
		}
		d, ticks := r.diver(), r.columnTicks()/solveShare*(solveShare-1)
		if r.dived {
			d.Rng, ticks = r.rng, min(ticks, laterTicks)
		}
		r.dived = true
		s := d.Dive(nil, model.Solution{}.Left(r.model), model.Solution{}.Free(r.model), *r.relaxed, limit, ticks)
		if s != nil {
			r.keep(r.inOrder(s))
		}
	}
	r.searchAnew()
}

// diver returns what dives.
func (r *run) diver() *diving.Diver {
	m, bins := r.model, r.bins
	packer := greedy.NewPacker(m, bins, r.meter)
	value, price := packingValues(m, r.values, r.relaxed.Duals), r.prices[0]
	pack := func(p *greedy.Packer, m *model.Model, demand, free []int64) model.Solution {
		demand, free = slices.Clone(demand), slices.Clone(free)
		s := p.Pack(demand, free, value, price)
		return search.Shrink(m, bins, s, free)
	}
	d := &diving.Diver{Model: m, Generator: r.generator, Meter: r.meter, Better: r.soundBetter}
	d.Complete = func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
		s := slices.Concat(fixed, pack(packer, m, demand, free))
		return s, noneLeft(s.Left(m))
	}
	if m.Stages > 1 {
		whole := r.unordered()
		inTurn, atOnce := d.Complete, greedy.NewPacker(whole, bins, r.meter)
		d.Complete = func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
			s, _ := inTurn(fixed, demand, free)
			s = r.repaired(s)
			if t := r.repaired(slices.Concat(fixed, pack(atOnce, whole, demand, free))); r.soundBetter(t, s) {
				s = t
			}
			return s, noneLeft(s.Left(m)) && !s.Jumps(m)
		}
	}
	return d
}

// around looks for a better plan with most nodes of the incumbent, for so many
// ticks at most, and reports whether it found one.
func (r *run) around(ticks int64) bool {
	if r.relaxed == nil || !r.uses(columnNeighbours) {
		return false
	}
	s := r.diver().Around(r.best, r.relaxed.Duals, ticks, r.rng)
	if s == nil || !r.keep(s) {
		return false
	}
	r.searchAnew()
	return true
}
