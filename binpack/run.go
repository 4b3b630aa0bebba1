package binpack

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A run is one solve: the incumbent and what is proven of it.
type run struct {
	*compiled
	ctx    context.Context
	meter  *work.Meter
	gap    float64
	bins   []int     // those worth launching
	values []float64 // per class, the worth of one pod
	best   model.Solution
	duals  []float64 // per class, of the program over columns; nil: not known
	proof  proof
	proved bool  // all that is tried to prove was tried
	pivots int   // of the relaxation
	fault  error // of the solver itself: a solution that breaks a rule of the model

	generator *colgen.Generator // nil: no columns were generated yet
	search    *search.State     // nil: not begun
}

// newRun makes the first plan and proves what is quickly proven of it.
func newRun(ctx context.Context, s Solver, c *compiled) *run {
	limit := s.Work
	if limit == 0 {
		limit = DefaultWork
	}
	r := &run{compiled: c, ctx: ctx, meter: work.NewMeter(ctx, limit), gap: s.Gap}
	r.bins = c.model.Prune()
	if len(c.model.Classes) == 0 {
		r.proof.fewest = true
		return r
	}
	relaxed := relax.Solve(c.model, r.bins)
	r.values, r.pivots = relaxed.Values, relaxed.Pivots
	r.keep(r.first())
	return r
}

// improve goes on until the plan is better, and reports whether it is. Columns
// and a dive among them come first, then what can be proven; then the
// neighbourhood of the incumbent, for as long as that gives something, and
// columns and dives in turn.
func (r *run) improve() bool {
	before, lower := r.best, r.proof.lower
	for r.fault == nil && !r.finished() && !r.meter.Done() && len(r.best) > 0 {
		switch {
		case r.search == nil:
			r.generate()
		case !r.proved:
			r.proveAll()
		case !r.neighbours():
			r.generate()
		}
		if r.proof.lower > lower || r.better(r.best, before) {
			return true
		}
	}
	return false
}

// better reports whether a leaves fewer pods than b, level by level of
// priority, or as few at less cost.
func (r *run) better(a, b model.Solution) bool {
	if n := r.compareLeft(a, b); n != 0 {
		return n < 0
	}
	return a.Cost(r.model) < b.Cost(r.model)
}

func (r *run) compareLeft(a, b model.Solution) int {
	m := r.model
	return slices.Compare(m.ByLevel(a.Left(m)), m.ByLevel(b.Left(m)))
}

// generate solves the program over columns, where that is quick enough, and
// makes a solution of its columns. Later calls start from the columns that are
// there, those of the incumbent among them. The search begins anew from the
// incumbent.
func (r *run) generate() {
	if n := len(r.model.Classes); n > 1 && n <= colgen.MaxClasses {
		r.dive()
	}
	r.search = search.New(r.model, r.bins, r.best, r.packingValues(), r.prices()[0], r.meter)
}

func (r *run) dive() {
	m := r.model
	if r.generator == nil {
		r.generator = colgen.New(m, r.bins, r.meter)
	}
	r.generator.Add(r.best)
	effort := colgen.Effort{Rounds: maxRounds, Ticks: r.meter.Left(DefaultWork) / 3, Level: colgen.Thorough}
	x := r.generator.Solve(model.Solution{}.Left(m), model.Solution{}.Free(m), r.values, effort)
	if r.duals == nil {
		r.duals = x.Duals
	}
	packer := greedy.NewPacker(m, r.bins, r.meter)
	value, price := r.packingValues(), r.prices()[0]
	pack := func(demand, free []int64) model.Solution {
		s := packer.Pack(demand, free, value, price)
		return search.Shrink(m, r.bins, s, free)
	}
	if s := diving.Dive(m, r.generator, x, r.meter, pack, r.better); s != nil && r.better(s, r.best) {
		r.keep(s)
	}
}

// maxRounds bounds the column generation: it seldom needs as many.
const maxRounds = 400

// patience is how many ticks the search around an incumbent may go without a
// better one: about a tenth of a second.
const patience = 5_000_000

// neighbours searches around the incumbent until it finds a better one, and
// reports whether it did.
func (r *run) neighbours() bool {
	if !r.search.Improve(patience) {
		return false
	}
	r.keep(r.search.Solution())
	return true
}

// keep makes s the incumbent, and proves anew where it leaves fewer pods: the
// bound before was of plans that leave more.
func (r *run) keep(s model.Solution) {
	if r.fault = s.Check(r.model); r.fault != nil {
		return
	}
	first, before := r.best == nil, r.best
	r.best = s.Normal()
	switch {
	case first:
		r.proveFirst()
	case r.compareLeft(r.best, before) < 0:
		r.proof, r.proved = proof{}, false
		r.proveFirst()
	}
}

// finished reports whether nothing better is wanted.
func (r *run) finished() bool {
	cost := r.best.Cost(r.model)
	return r.proof.fewest && float64(cost-r.proof.lower) <= float64(r.gap*float64(cost))
}

func (r *run) status() Status {
	switch {
	case r.partial():
		if r.meter.Interrupted() {
			return Interrupted
		}
		return WorkLimit
	case r.proof.fewest && r.best.Cost(r.model) <= r.proof.lower:
		return Optimal
	case r.finished():
		return WithinGap
	case r.meter.Interrupted():
		return Interrupted
	}
	return WorkLimit
}
