package binpack

import (
	"math"

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

// columnTicks returns the work that columns of each part may take.
func (r *run) columnTicks() int64 {
	ticks := r.meter.Left(DefaultWork)
	if m := r.compiled.model; len(m.Rules) > 0 || m.Stages > 1 {
		ticks /= tiedShare
	}
	return ticks / int64(len(r.parts))
}

// generate solves the program over columns, part by part. Later calls start from
// the columns that are there.
func (r *run) generate() {
	if len(r.parts) == 1 {
		r.parts[0].best = r.best
	}
	ticks := r.columnTicks() / solveShare
	first := r.duals == nil
	duals, center := make([]float64, len(r.model.Classes)), make([]float64, len(r.model.Classes))
	for i := range r.parts {
		p := &r.parts[i]
		p.relaxed = nil
		if n := len(p.classes); n < 2 || n > colgen.MaxClasses || !r.uses(columnGeneration) {
			continue
		}
		if p.generator == nil {
			p.generator = colgen.New(p.Model, p.bins, r.meter)
		}
		p.generator.Add(p.best)
		start := r.split.Values(r.worth.duals)
		if !r.uses(smoothing) {
			start = nil
		}
		effort := colgen.Effort{Rounds: maxRounds, Ticks: ticks, Level: colgen.Thorough}
		if first {
			effort.Level = firstLevel
		}
		x := p.generator.Solve(model.Solution{}.Left(p.Model), model.Solution{}.Free(p.Model), start, effort)
		p.relaxed = &x
		for c, dual := range x.Duals {
			duals[p.classes[c]] = dual
		}
		for c, dual := range x.Center {
			center[p.classes[c]] = dual
		}
		r.center = center
		if first {
			r.duals = duals
		}
	}
}

// dive makes solutions of the columns that were generated, and begins the search
// anew from the incumbent.
func (r *run) dive() {
	ticks := r.columnTicks() / solveShare * (solveShare - 1)
	for i := range r.parts {
		if r.parts[i].relaxed != nil && r.uses(dives) {
			r.diveIn(&r.parts[i], ticks)
		}
	}
	if s := r.joined(); better(r.model, s, r.best) {
		r.keep(s)
	}
	r.searchAnew()
}

// diver returns what dives in a part.
func (r *run) diver(p *part) *diving.Diver {
	packer := greedy.NewPacker(p.Model, p.bins, r.meter)
	value, price := packingValues(p.Model, p.values, p.relaxed.Duals), r.prices[0]
	return &diving.Diver{Model: p.Model, Generator: p.generator, Meter: r.meter,
		Pack: func(demand, free []int64) model.Solution {
			s := packer.Pack(demand, free, value, price)
			return search.Shrink(p.Model, p.bins, s, free)
		},
		Better: func(a, b model.Solution) bool { return better(p.Model, a, b) },
	}
}

// diveIn tries to better the solution of a part, in about so many ticks.
func (r *run) diveIn(p *part, ticks int64) {
	limit := math.Inf(1)
	if noneLeft(p.best.Left(p.Model)) {
		limit = float64(p.best.Cost(p.Model))
	}
	d := r.diver(p)
	if p.dived {
		d.Rng, ticks = r.rng, min(ticks, laterTicks)
	}
	p.dived = true
	s := d.Dive(model.Solution{}.Left(p.Model), model.Solution{}.Free(p.Model), *p.relaxed, limit, ticks)
	if s != nil && better(p.Model, s, p.best) {
		p.best = s
	}
}

// around looks for a better plan with most nodes of the incumbent, for so many
// ticks at most, and reports whether it found one.
func (r *run) around(ticks int64) bool {
	if len(r.parts) != 1 || r.parts[0].relaxed == nil || !r.uses(columnNeighbours) {
		return false
	}
	s := r.diver(&r.parts[0]).Around(r.best, r.parts[0].relaxed.Duals, ticks, r.rng)
	if s == nil || !r.keep(s) {
		return false
	}
	r.searchAnew()
	return true
}
