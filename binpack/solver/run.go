package solver

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A run is one solve: the incumbent and what is proven of it.
type run struct {
	*compiled
	problem *binpack.Problem
	ctx     context.Context
	meter   *work.Meter
	gap     float64
	from    *binpack.Plan // to start from; nil: none
	without uint64        // techniques
	pivots  int           // of the relaxations
	fault   error         // of the solver itself: a solution that breaks a rule of the model

	pruned []int // bins of the compiled model that are worth launching
	worth  worth // in the compiled model
	split  *cells.Split
	model  *model.Model   // the compiled one, without rules over domains: that of the split
	bins   []int          // those worth launching
	values []float64      // per class, the worth of one pod
	prices [][]int64      // what packing takes for the price of each bin, the price itself first
	best   model.Solution // of model
	duals  []float64      // per class, of the program over columns; nil: not known

	proven proven
	prover *prover

	generator *colgen.Generator // nil: no columns were generated yet
	relaxed   *colgen.Relaxed   // the last solution of the program over them; nil: none
	dived     bool              // a dive was made
	floored   bool              // columns are generated with what the order of pools costs
	search    *search.State     // nil: not begun
	searches  uint64            // that were begun
	dear      bool              // it packs with caps priced
	trader    *cells.Trader     // of the search; nil: no pod could be in another cell
	rng       *rand.Rand        // of the nodes that are solved for anew
}

// newRun makes the first plan.
func newRun(ctx context.Context, s Solver, p *binpack.Problem, c *compiled) *run {
	limit := s.Work
	if limit == 0 {
		limit = DefaultWork
		if s.Start != nil {
			limit /= startShare
		}
	}
	r := &run{compiled: c, problem: p, ctx: ctx, meter: work.NewMeter(ctx, limit), gap: s.Gap, from: s.Start, without: s.without, rng: rand.New(rand.NewPCG(7, 8))}
	r.pruned = c.model.Prune()
	r.worth = worthOf(c.model, r.pruned)
	r.pivots = r.worth.pivots
	r.divide(cells.New(c.model, nil))
	if len(r.model.Classes) > 0 {
		r.best = r.settled(r.first()).Normal()
		r.fault = r.best.Check(r.model)
	}
	if r.from != nil && r.fault == nil && len(r.model.Classes) > 0 {
		r.startFrom(r.from)
	}
	return r
}

// leavesFewer reports whether r leaves fewer pods than another run of the problem,
// priority by priority.
func (r *run) leavesFewer(o *run) bool {
	of := func(r *run) []int64 {
		levels := levelsOf(r.kinds)
		sums := make([]int64, len(r.kinds))
		for k, n := range r.leftOf(r.split.Whole(r.best)) {
			if r.kinds[k].blocked == nil {
				sums[levels[k]] += n
			}
		}
		return sums
	}
	a, b := of(r), of(o)
	n := min(len(a), len(b)) // there are no more levels than kinds
	return slices.Compare(a[:n], b[:n]) < 0
}

// divide makes the split the model that is solved.
func (r *run) divide(split *cells.Split) {
	r.split, r.model = split, split.Model
	if r.bins = r.pruned; r.model != r.compiled.model {
		r.bins = r.model.Prune()
	}
	r.values = split.Values(r.worth.pods)
	r.prices = r.packingPrices()
	r.generator, r.relaxed, r.dived = nil, nil, false
}

// mostSplits bounds how often cells are chosen anew for pods that found no room.
const mostSplits = 4

// settled returns a solution in which all rules hold. Where s leaves pods in some
// cell the cells are chosen anew, with what is known of their room; what then is
// still left is no longer asked for.
func (r *run) settled(s model.Solution) model.Solution {
	var known cells.Most
	for range mostSplits {
		most, learnt := r.split.Learn(s, known)
		if !learnt {
			break
		}
		known = most
		r.divide(cells.New(r.compiled.model, known))
		s = r.first()
	}
	s = r.split.Repair(r.inOrder(s))
	if r.split.Trim(s) {
		r.divide(r.split)
	}
	return s
}

// improve goes on until the plan is better, and reports whether it is. Columns
// and a dive among them come first, then what can be proven; then the
// neighbourhood of the incumbent, for as long as that gives something, and
// columns and dives in turn.
func (r *run) improve() bool {
	before, lower := r.best, r.prover.lower
	for r.fault == nil && !r.finished() && !r.meter.Done() && len(r.best) > 0 {
		switch {
		case r.search == nil:
			r.beside(r.meter.Left(DefaultWork)/10, r.generate)
			r.beside(r.meter.Left(DefaultWork)/5, r.dive)
		default:
			r.beside(patience, func() {
				if !r.neighbours(patience) && !r.around(patience) {
					r.generate()
					r.dive()
				}
			})
		}
		if r.prover.lower > lower || better(r.model, r.best, before) {
			return true
		}
	}
	return false
}

// better reports whether a leaves fewer pods than b, level by level of
// priority, or as few at less cost.
func better(m *model.Model, a, b model.Solution) bool {
	if n := compareLeft(m, a, b); n != 0 {
		return n < 0
	}
	return a.Cost(m) < b.Cost(m)
}

func compareLeft(m *model.Model, a, b model.Solution) int {
	return slices.Compare(m.ByLevel(a.Left(m)), m.ByLevel(b.Left(m)))
}

// searchAnew begins the search from the incumbent. Pods may go to other cells on the
// way.
func (r *run) searchAnew() {
	r.trader = nil
	var trader search.Trader
	if r.uses(cellTrade) {
		if r.trader = r.split.Trader(); r.trader != nil {
			trader = r.trader
		}
	}
	price := r.prices[0]
	if r.dear = !r.dear && len(r.prices) > 1; r.dear {
		price = r.prices[1]
	}
	r.search = search.New(r.model, r.bins, r.best, packingValues(r.model, r.values, r.duals), price, trader, r.searches, r.meter)
	r.searches++
	if !r.uses(draining) {
		r.search.NeverDrain()
	}
}

// patience is how many ticks the search around an incumbent may go without a
// better one: about a tenth of a second.
const patience = 5_000_000

// idleTicks is what a turn without a search counts as, so that turns end.
const idleTicks = 100_000

// neighbours searches around the incumbent until it finds a better one, for so many
// ticks at most, and reports whether it did.
func (r *run) neighbours(patience int64) bool {
	if !r.uses(neighbourhoods) {
		r.meter.Spend(idleTicks)
		return false
	}
	if !r.search.Improve(patience) {
		return false
	}
	s := r.search.Solution()
	if r.trader == nil {
		r.keep(s)
		return true
	}
	split, m := r.split, r.model
	r.split = r.trader.Split()
	r.model = r.split.Model
	if !r.keep(s) {
		r.split, r.model = split, m
		r.searchAnew()
	}
	return true
}

// keep makes s the incumbent where it is better, and reports whether it is.
func (r *run) keep(s model.Solution) bool {
	s = r.split.Repair(s)
	if !better(r.model, s, r.best) {
		return false
	}
	if s = r.repaired(s).Normal(); s.Jumps(r.model) || !better(r.model, s, r.best) {
		return false
	}
	if r.fault = s.Check(r.model); r.fault != nil {
		return false
	}
	r.best = s
	return true
}

// left returns how many pods of each level the incumbent leaves, of those that
// some node holds as the bound sees it.
func (r *run) left() []int64 {
	m := r.proven.model
	left := make([]int64, len(m.Classes))
	for k, n := range r.leftOf(r.split.Whole(r.best)) {
		if class := r.proven.classOf[r.kinds[k].of]; class >= 0 {
			left[class] += n
		}
	}
	return m.ByLevel(left)
}

// finished reports whether nothing better is wanted.
func (r *run) finished() bool {
	cost := r.best.Cost(r.model)
	return r.prover.fewest && float64(cost-r.prover.lower) <= float64(r.gap*float64(cost))
}

func (r *run) status() binpack.Status {
	complete := !r.partial()
	switch {
	case complete && r.prover.fewest && r.best.Cost(r.model) <= r.prover.lower:
		return binpack.Optimal
	case complete && r.finished():
		return binpack.WithinGap
	case r.meter.Interrupted():
		return binpack.Interrupted
	}
	return binpack.WorkLimit
}
