package binpack

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A run is one solve: the incumbent and what is proven of it.
type run struct {
	*compiled
	problem *Problem
	ctx     context.Context
	meter   *work.Meter
	gap     float64
	without uint64 // techniques
	pivots  int    // of the relaxations
	fault   error  // of the solver itself: a solution that breaks a rule of the model

	pruned []int // bins of the compiled model that are worth launching
	worth  worth // in the compiled model
	split  *cells.Split
	way    int            // in which it was made
	model  *model.Model   // the compiled one, without rules over domains: that of the split
	bins   []int          // those worth launching
	values []float64      // per class, the worth of one pod
	prices [][]int64      // what packing takes for the price of each bin, the price itself first
	best   model.Solution // of model
	duals  []float64      // per class, of the program over columns; nil: not known

	proof  proof
	proven proven

	parts      []part
	generators []*colgen.Generator // per part; nil: no columns were generated yet
	search     *search.State       // nil: not begun
	dear       bool                // it packs with caps priced
	trader     *cells.Trader       // of the search; nil: no pod could be in another cell
}

// newRun makes the first plan.
func newRun(ctx context.Context, s Solver, p *Problem, c *compiled) *run {
	limit := s.Work
	if limit == 0 {
		limit = DefaultWork
	}
	r := &run{compiled: c, problem: p, ctx: ctx, meter: work.NewMeter(ctx, limit), gap: s.Gap, without: s.without}
	r.pruned = c.model.Prune()
	r.worth = worthOf(c.model, r.pruned)
	r.pivots = r.worth.pivots
	r.divide(cells.New(c.model, nil))
	if len(r.model.Classes) > 0 {
		r.best = r.settled(r.first()).Normal()
		r.fault = r.best.Check(r.model)
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
	r.prices, r.parts = r.packingPrices(), r.partsOf()
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
		r.divide(cells.Another(r.compiled.model, known, r.way))
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
	before, lower := r.best, r.proof.lower
	for r.fault == nil && !r.finished() && !r.meter.Done() && len(r.best) > 0 {
		if r.search == nil {
			r.chooseCells()
			r.generate()
			r.proveMore()
		} else if !r.neighbours(patience) {
			r.generate()
		}
		if r.proof.lower > lower || better(r.model, r.best, before) {
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

// generate solves the program over columns, and makes a solution of its columns,
// part by part. Later calls start from the columns that are there. The search
// begins anew from the incumbent.
func (r *run) generate() {
	if r.generators == nil {
		r.generators = make([]*colgen.Generator, len(r.parts))
	}
	if len(r.parts) == 1 {
		r.parts[0].best = r.best
	}
	ticks := r.meter.Left(DefaultWork)
	if m := r.compiled.model; len(m.Rules) > 0 || m.Stages > 1 {
		ticks /= tiedShare
	}
	for i := range r.parts {
		if n := len(r.parts[i].classes); n > 1 && n <= colgen.MaxClasses && r.uses(columnGeneration) {
			r.dive(i, ticks/int64(len(r.parts)))
		}
	}
	if s := r.joined(); better(r.model, s, r.best) {
		r.keep(s)
	}
	r.searchAnew()
}

// searchAnew begins the search from the incumbent. Pods of one part may go to
// other cells on the way.
func (r *run) searchAnew() {
	r.trader = nil
	var trader search.Trader
	if len(r.parts) == 1 && r.uses(cellTrade) {
		if r.trader = r.split.Trader(); r.trader != nil {
			trader = r.trader
		}
	}
	price := r.prices[0]
	if r.dear = !r.dear && len(r.prices) > 1; r.dear {
		price = r.prices[1]
	}
	r.search = search.New(r.model, r.bins, r.best, packingValues(r.model, r.values, r.duals), price, trader, r.meter)
}

// dive tries to better the solution of part i, in about so many ticks.
func (r *run) dive(i int, ticks int64) {
	p := &r.parts[i]
	first := r.generators[i] == nil
	if first {
		r.generators[i] = colgen.New(p.Model, p.bins, r.meter)
	}
	g := r.generators[i]
	g.Add(p.best)
	effort := colgen.Effort{Rounds: maxRounds, Ticks: ticks / 3, Level: colgen.Thorough}
	center := p.values
	if !r.uses(smoothing) {
		center = nil
	}
	x := g.Solve(model.Solution{}.Left(p.Model), model.Solution{}.Free(p.Model), center, effort)
	if r.duals == nil {
		r.duals = make([]float64, len(r.model.Classes))
	}
	if first {
		for c, dual := range x.Duals {
			r.duals[p.classes[c]] = dual
		}
	}
	if !r.uses(dives) {
		return
	}
	packer := greedy.NewPacker(p.Model, p.bins, r.meter)
	value, price := packingValues(p.Model, p.values, x.Duals), r.prices[0]
	pack := func(demand, free []int64) model.Solution {
		s := packer.Pack(demand, free, value, price)
		return search.Shrink(p.Model, p.bins, s, free)
	}
	compare := func(a, b model.Solution) bool { return better(p.Model, a, b) }
	if s := diving.Dive(p.Model, g, x, r.meter, ticks-ticks/3, pack, compare); s != nil && compare(s, p.best) {
		p.best = s
	}
}

// tiedShare is the part of the work that columns get, one in so many, where rules
// tie nodes together: there the neighbourhood search can move pods between cells.
const tiedShare = 2

// maxRounds bounds the column generation: it seldom needs as many.
const maxRounds = 400

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
	r.parts[0].Model = r.model
	if !r.keep(s) {
		r.split, r.model, r.parts[0].Model = split, m, m
		r.searchAnew()
	}
	return true
}

// keep makes s the incumbent where it is better, and proves anew where it leaves
// fewer pods: the bound before was of plans that leave more. It reports whether it
// is.
func (r *run) keep(s model.Solution) bool {
	s = r.split.Repair(s).Normal()
	if s.Jumps(r.model) || !better(r.model, s, r.best) {
		return false
	}
	if r.fault = s.Check(r.model); r.fault != nil {
		return false
	}
	before := r.best
	r.best = s
	if compareLeft(r.model, r.best, before) < 0 {
		r.proof = proof{}
		r.proveFirst()
		r.proveMore()
	}
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
	return r.proof.fewest && float64(cost-r.proof.lower) <= float64(r.gap*float64(cost))
}

func (r *run) status() Status {
	complete := !r.partial()
	switch {
	case complete && r.proof.fewest && r.best.Cost(r.model) <= r.proof.lower:
		return Optimal
	case complete && r.finished():
		return WithinGap
	case r.meter.Interrupted():
		return Interrupted
	}
	return WorkLimit
}
