package binpack

import (
	"context"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/single"
	"github.com/stowage/stowage/binpack/internal/work"
	"github.com/stowage/stowage/catalog"
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
	proof  proof
	pivots int
	search *search.State
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
	r.best = r.first()
	r.proveFirst()
	return r
}

// first returns the optimum where there is one class, else the best of some
// greedy solutions.
func (r *run) first() model.Solution {
	m := r.model
	if len(m.Classes) == 1 {
		if s, ok := single.Solve(m, r.bins); ok {
			return s.Normal()
		}
	}
	value := r.packingValues()
	packer := greedy.NewPacker(m, r.bins, r.meter)
	var best model.Solution
	for i, price := range r.prices() {
		free, remaining := model.Solution{}.Free(m), model.Solution{}.Left(m)
		s := packer.Pack(remaining, free, value, price)
		s = search.Shrink(m, r.bins, s, free).Normal()
		if i == 0 || r.better(s, best) {
			best = s
		}
	}
	return best
}

// better reports whether a leaves fewer pods than b, or as few at less cost.
func (r *run) better(a, b model.Solution) bool {
	m := r.model
	if x, y := left(m, a), left(m, b); x != y {
		return x < y
	}
	return a.Cost(m) < b.Cost(m)
}

// packingValues returns the values as whole numbers above zero, fit to be
// multiplied by any price.
func (r *run) packingValues() []int64 {
	value := whole(r.model, r.values, fineTotal)
	for c := range value {
		value[c] = max(value[c], 1)
	}
	return value
}

// prices returns what the first packings take for the price of each bin: the
// price itself and, where caps are short, what a launch takes of them.
func (r *run) prices() [][]int64 {
	m := r.model
	real := make([]int64, len(m.Bins))
	for b := range m.Bins {
		real[b] = m.Bins[b].Price
	}
	prices := [][]int64{real}
	for k, limit := range m.Caps {
		scarce := make([]int64, len(m.Bins))
		for b := range m.Bins {
			for _, u := range m.Bins[b].Uses {
				if u.Cap == k && r.caps[k].pool >= 0 {
					scarce[b] = 1 + int64(float64(u.Amount)/float64(max(limit, 1))*float64(capScale))
				}
			}
		}
		if r.caps[k].pool >= 0 {
			prices = append(prices, scarce)
		}
	}
	return prices
}

// capScale is the price of a launch that takes all of a cap.
const capScale = 1 << 40

// proveFirst proves what one evaluation of the values proves.
func (r *run) proveFirst() {
	unplaced := left(r.model, r.best)
	in := instance(r.model, r.bins, unplaced)
	if len(r.model.Classes) == 1 {
		r.proof.try(r.ctx, in, []int64{1})
	} else {
		r.proof.try(r.ctx, in, whole(r.model, r.values, fineTotal))
	}
	r.proof.fewest = unplaced == 0
	if unplaced > 0 {
		var placed int64
		for _, c := range r.model.Classes {
			placed += c.Count
		}
		r.proof.leavesFewest(r.ctx, in, placed-unplaced)
	}
}

// prove tries what else may raise the bound.
func (r *run) prove() {
	if r.finished() || len(r.model.Classes) == 1 {
		return
	}
	in := instance(r.model, r.bins, left(r.model, r.best))
	for _, values := range candidates(r.model, r.values) {
		r.proof.try(r.ctx, in, values)
	}
}

// improve searches for a better solution, and reports whether it found one.
func (r *run) improve() bool {
	if r.finished() || r.meter.Done() || len(r.best) == 0 {
		return false
	}
	if r.search == nil {
		r.search = search.New(r.model, r.bins, r.best, r.packingValues(), r.prices()[0], r.meter)
	}
	before := left(r.model, r.best)
	if !r.search.Improve() {
		return false
	}
	r.best = r.search.Solution()
	if left(r.model, r.best) < before {
		r.proof = proof{} // the old bound is of plans that leave more
		r.proveFirst()
		r.prove()
	}
	return true
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

func priceOf(n int64) catalog.Price { return catalog.Price(n) }
