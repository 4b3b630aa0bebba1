package solver

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A prover raises a lower bound. It adds cuts to programs over numbers of nodes, one
// for each case of which one holds for every plan: values that are likely to prove
// something first, then one after the other those that show why the nodes of the
// weakest case do not hold all pods. It shares nothing with the search that changes.
type prover struct {
	proven
	ctx   context.Context
	meter *work.Meter
	left  []int64 // pods of each level that may be left

	without uint64 // techniques

	lower  int64
	cuts   [][]int64 // that prove it: of each, the values per class
	fewest bool      // no plan leaves fewer pods

	enough  int64         // no bound is higher
	plain   *provenCase   // of all plans, whatever the turns of pools; nil: too large for a proof
	cases   []*provenCase // of which one holds for every plan; none where all pools have their turn at once
	tried   int           // of the waiting values at first, so many are tried on all cases
	known   [][]int64     // all cuts
	lowered [][]int64     // values that were lowered from those of others
	waiting [][]int64     // values to be tried, the likeliest first

	ready   bool           // columns may be generated: there are those of the search, if any
	columns []model.Column // of the search, and of the cases looked at since it was heard of
	center  []float64      // duals of the last
}

const (
	// fineTotal is the value of all pods together at which rounding values to
	// whole numbers costs next to nothing.
	fineTotal = 1 << 44
	// Values of all pods at which the nodes that cover them can be counted
	// exactly: coarseSteps of them from coarseFirst on, each 16 times the one
	// before. Rounding costs more there, whole nodes give more.
	coarseSteps, coarseFirst = 3, 1 << 9

	// cutTicks is what a cut counts as, in ticks, beside the steps of its knapsacks.
	cutTicks = 10_000
	// separationTicks bounds the search for one cut.
	separationTicks = 2_000_000
	// caseTicks bounds the column generation for one of several cases.
	caseTicks = 2_000_000
	// mostCuts bounds the cuts of a program.
	mostCuts = 60
	// caseLeaves is the most leaves for one of several cases, as long as there are
	// better ways to raise its bound.
	caseLeaves = 200
	// lowerShare: a bound that is less than one part in so many from the best is left.
	lowerShare = 50
	// plainShare: so many times as much work goes into all plans as into cases.
	plainShare = 2
	// leastLeaves is the least, where there is little work left; else one may take one
	// part in solvePart of it.
	leastLeaves, solvePart = 100, 3
	// leafTicks is what a leaf counts as, in ticks.
	leafTicks = 150
)

// newProver proves what is quickly proven: all that there is to prove of one class,
// and a first bound of several. Nothing above enough is looked for.
func newProver(of proven, left []int64, enough int64, without uint64, meter *work.Meter) *prover {
	p := &prover{proven: of, ctx: meter.Context(), meter: meter, left: left, enough: enough, without: without, center: of.values}
	m := of.model
	if len(m.Classes) == 0 {
		p.fewest = true
		return p
	}
	in := instance(m, of.bins, left)
	fewest, err := bound.Fewest(p.ctx, in)
	p.fewest = fewest && err == nil
	if !p.part(in, enough) {
		return p
	}
	if len(m.Classes) == 1 {
		p.know([]int64{1})
		p.addAll()
		return p
	}
	values := whole(m, of.values, fineTotal)
	if price, err := bound.Quick(p.ctx, in, values); err == nil && !price.Infeasible {
		p.raise(price.Least, [][]int64{values})
	}
	for q := range m.Resources {
		if !p.uses(resourceValues) {
			break
		}
		one := make([]int64, len(m.Classes))
		for c := range m.Classes {
			one[c] = m.Classes[c].Requests[q]
		}
		p.waiting = append(p.waiting, one)
	}
	resources := p.waiting
	p.offer(of.values)
	if len(p.cases) > 0 { // these are quick, and show which cases count
		p.tried = len(resources)
		p.waiting = append(resources, p.waiting[:len(p.waiting)-len(resources)]...)
	}
	return p
}

// part finds the cases, and reports whether they are not too large for a proof.
func (p *prover) part(in *bound.Instance, enough int64) bool {
	plain, cases := bound.Cases(in, enough)
	of := map[*bound.Instance]*provenProgram{}
	for _, c := range append([]bound.Case{{Instance: plain}}, cases...) {
		program, known := of[c.Instance]
		if !known {
			program = p.newProgram(c.Instance)
			of[c.Instance] = program
		}
		if program == nil {
			p.cases = nil
			return p.plain != nil
		}
		one := &provenCase{provenProgram: program, floors: c.Floors}
		if p.plain == nil {
			p.plain = one
		} else {
			p.cases = append(p.cases, one)
		}
	}
	return true
}

// offer gives values of the classes that may prove something, likelier than what is
// still waiting.
func (p *prover) offer(values []float64) {
	fine := whole(p.model, values, fineTotal)
	if contains(p.known, fine) || contains(p.waiting, fine) {
		return
	}
	list := [][]int64{fine}
	for i := range coarseSteps {
		if p.uses(coarseValues) {
			list = append(list, whole(p.model, values, coarseFirst<<(4*i)))
		}
	}
	p.waiting = append(list, p.waiting...)
}

// contains reports whether one of the lists is the values.
func contains(list [][]int64, values []int64) bool {
	return slices.ContainsFunc(list, func(v []int64) bool { return slices.Equal(v, values) })
}

// startFrom proves what cuts of an earlier proof give.
func (p *prover) startFrom(cuts [][]int64) {
	if p.plain == nil || len(cuts) == 0 || len(p.model.Classes) < 2 {
		return
	}
	for _, values := range cuts {
		p.know(values)
	}
	waiting := p.waiting
	p.waiting = nil
	p.addAll()
	p.waiting = waiting
}

// addAll proves what all known cuts give.
func (p *prover) addAll() {
	for _, c := range p.all() {
		c.addMissing()
		if c.adopt(); c.solvable() && len(p.known)+len(p.cases) > 1 {
			c.solve()
		}
	}
	p.settle()
}

// raise keeps a bound and the cuts that it follows from, if it is higher.
func (p *prover) raise(least int64, cuts [][]int64) {
	if least > p.lower {
		p.lower, p.cuts = least, cuts
	}
}

// prove works for about so many ticks, or until the bound reaches the target.
func (p *prover) prove(ticks, target int64) {
	if p.plain == nil || len(p.model.Classes) < 2 {
		return
	}
	for end := p.meter.Spent() + ticks; p.lower < target && p.meter.Spent() < end && !p.meter.Done(); {
		if !p.step(target) {
			break
		}
	}
	p.settle()
}

// step does the next thing for the plans of the lowest bound, and reports whether there
// was one: they lack a cut that is known, or the best of the waiting ones; or their
// program is solved; or a cut is looked for that the nodes of this do not meet.
func (p *prover) step(target int64) bool {
	c := p.next()
	if c == nil || max(c.lower, p.plain.lower) >= target {
		return false
	}
	defer func(before int64) { c.spent += p.meter.Spent() - before }(p.meter.Spent())
	if !c.missing() && len(p.waiting) > 0 && (c == p.plain || !c.solvable()) {
		p.know(p.waiting[0])
		p.waiting = p.waiting[1:]
	}
	switch {
	case c.missing():
		added := c.add()
		if added && c == p.plain {
			p.lowerLast(target)
		}
		return added
	case c.solvable():
		return c.solve()
	case !c.generated && p.ready && len(p.cases) > 0:
		c.generate()
		return true
	case c.solved > 0 && !c.separated && len(p.known) < mostCuts && p.uses(separatedCuts):
		c.separate()
		return true
	case p.ready && len(p.cases) > 0 && !c.exhausted:
		c.exhausted, c.solved = true, 0
		return true
	}
	return false
}

// next returns what to work on. Where the bound of all plans is that of the weakest case
// too, which of the two is raised with less effort is not known: they take turns. nil:
// there is no such plan.
func (p *prover) next() *provenCase {
	weakest, plain := p.weakest(), p.plain
	switch {
	case len(p.cases) == 0 || len(p.waiting) > 0 && len(p.known) < p.tried:
		return plain
	case weakest == nil || plain.exhausted || plain.lower < weakest.lower || plain.spent > plainShare*(p.meter.Spent()-plain.spent):
		return weakest
	}
	return plain
}

// weakest returns the case of the lowest bound; nil: no case can be.
func (p *prover) weakest() *provenCase {
	var out *provenCase
	for _, c := range p.cases {
		if !c.infeasible && (out == nil || c.lower < out.lower) {
			out = c
		}
	}
	return out
}

// all returns what is proven of all plans, and of each case.
func (p *prover) all() []*provenCase { return append([]*provenCase{p.plain}, p.cases...) }

// know adds the cut of these values to what is known, unless it is.
func (p *prover) know(values []int64) {
	if !contains(p.known, values) {
		p.known = append(p.known, values)
	}
}

// settle keeps the bound of all plans, or that of the weakest case, and the cuts that
// count for it, where it is higher. What these prove by themselves is what counts: the
// judge is shown no others.
func (p *prover) settle() {
	p.settleAs([]*provenCase{p.plain}, p.plain)
	if weakest := p.weakest(); len(p.cases) > 0 {
		p.settleAs(p.cases, weakest)
	}
}

// settleAs keeps what is proven of cases of which one holds for every plan.
func (p *prover) settleAs(cases []*provenCase, weakest *provenCase) {
	least := p.enough
	if weakest != nil && !weakest.infeasible {
		least = min(least, weakest.lower)
	}
	if least <= p.lower {
		return
	}
	counts := make([]bool, len(p.known))
	for _, c := range cases {
		least = min(least, c.settle())
		for _, i := range c.carried {
			counts[i] = true
		}
	}
	var cuts [][]int64
	for i, is := range counts {
		if is {
			cuts = append(cuts, p.known[i])
		}
	}
	p.raise(least, cuts)
}

// lowerLast offers the values of the cut of all plans that was added last, lowered for the
// few nodes that hold the bound down; but where there are cases, and not again.
func (p *prover) lowerLast(target int64) {
	last := p.known[p.plain.program.Cuts()-1]
	if !p.ready || len(p.cases) > 0 || p.plain.lower > target-target/lowerShare || contains(p.lowered, last) || worthOfAll(p.model, last) < fineTotal/2 {
		return
	}
	before := p.plain.program.Steps
	values := p.plain.program.Lowered(p.plain.lower)
	p.meter.Spend(bound.StepTicks * (p.plain.program.Steps - before))
	if values != nil {
		p.lowered = append(p.lowered, values)
		p.waiting = append([][]int64{values}, p.waiting...)
	}
}

// worthOfAll returns the value of all pods.
func worthOfAll(m *model.Model, values []int64) (sum int64) {
	for c, v := range values {
		sum += v * m.Classes[c].Count
	}
	return sum
}
