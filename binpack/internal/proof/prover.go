package proof

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A Subject is what bounds are of: a model, and its bins worth launching.
type Subject struct {
	*Division           // the model, and its bins that count
	Values    []float64 // per part, the worth of one pod
	Left      []int64   // pods of each level that may be left
	Enough    int64     // no bound above it is looked for
}

// triable reports whether pods may be tried on whole nodes: where all are placed, and choose no domain, or they are few.
func (s *Subject) triable() bool {
	return s.whole.Pods() <= maxTried || len(s.spreads) == 0 && !s.leaves()
}

// leaves reports whether pods may be left.
func (s *Subject) leaves() bool {
	return slices.ContainsFunc(s.Left, func(n int64) bool { return n > 0 })
}

// small reports whether pods choose domains and are few: then most of the work goes into numbers of nodes and packings on them.
func (s *Subject) small() bool { return len(s.spreads) > 0 && s.whole.Pods() <= maxTried }

// A Prover raises a lower bound. It adds cuts to programs over numbers of nodes, one
// program for each branch of a disjunction that every plan satisfies: first values that
// are likely to prove something, then those that show why the nodes of the weakest branch
// do not hold all pods. The search and the prover share nothing that changes.
type Prover struct {
	of      Subject
	ctx     context.Context
	meter   *work.Meter
	without technique.Set

	lower  int64
	cuts   [][]int64 // that prove it: of each, the values per class
	fewest bool      // no plan leaves fewer pods
	target int64     // the bound that is worked for

	relaxed  *provenBranch   // of all plans, whatever the precedence of pools; nil: too large for a proof
	branches []*provenBranch // every plan is in one of them; none where all pools may launch at once
	tried    int             // how many of the waiting values are tried on the relaxation before any branch
	known    [][]int64       // all cuts
	lowered  [][]int64       // values that were lowered from those of others
	waiting  [][]int64       // values to be tried, the likeliest first

	ready   bool           // columns may be generated: there are those of the search, if any
	columns []model.Column // of the search, and of the branches that generated some
	center  []float64      // duals of the last
	found   model.Solution // on whole nodes of the answer; nil: none
}

const (
	// Values of all pods at which the nodes that cover them can be counted
	// exactly: coarseSteps of them from coarseFirst on, each 16 times the one
	// before. Rounding costs more there, whole nodes give more.
	coarseSteps, coarseFirst = 3, 1 << 9

	// cutTicks is what a cut counts as, in ticks, beside the steps of its knapsacks.
	cutTicks = 10_000
	// separationTicks bounds the search for one cut.
	separationTicks = 2_000_000
	// branchTicks bounds the column generation for one of several branches.
	branchTicks = 2_000_000
	// deepPods: from as many pods on columns for a branch are generated deeply, and for twice as long, where pods have rules about
	// the pods of a node: what quick searches miss of such nodes, values prove less.
	deepPods = 1_000
	// maxCuts bounds the cuts of a program.
	maxCuts = 60
	// branchLeaves is the most leaves for one of several branches, as long as there are
	// better ways to raise its bound.
	branchLeaves = 200
	// lowerDivisor: a bound within 1/lowerDivisor of the best is left as it is.
	lowerDivisor = 50
	// relaxedPerBranch is how many times as much work goes into the relaxation as into
	// the branches.
	relaxedPerBranch = 2
	// leastLeaves is the fewest leaves, where little work is left; else a solve may take
	// 1/leavesDivisor of it.
	leastLeaves, leavesDivisor = 100, 3
	// firstLeaves is the most leaves of a solve where nothing needs more, and leavesGrow the factor by which
	// that grows.
	firstLeaves, leavesGrow = 500, 8
	// firstEffort is what pods are tried with on whole nodes at first, and effortGrows the factor by which that grows.
	firstEffort, effortGrows = 600_000, 4
	// nearTicks bounds one search for a packing on nodes like those of an answer, and all together take 1/nearDivisor of the work.
	nearTicks, nearDivisor = 1_000_000, 3
	// maxTried bounds the pods that are tried where some may be left or choose a domain.
	maxTried = 150
	// worthTicks bounds the search for what pods are worth where they choose their domains.
	worthTicks = 2_000_000
	// leafTicks is what a leaf counts as, in ticks.
	leafTicks = 150
)

// New proves what is quick to prove: the optimum of one class, a first bound of several.
func New(of Subject, without technique.Set, meter *work.Meter) *Prover {
	p := &Prover{of: of, ctx: meter.Context(), meter: meter, without: without, center: of.Values}
	m := of.Model
	if p.ctx.Err() != nil {
		return p // nothing is proven
	}
	if len(m.Classes) == 0 {
		p.fewest = true
		return p
	}
	in := of.instance(of.Left)
	fewest, err := bound.Fewest(p.ctx, of.wholeInstance(of.Left), bound.Forced(in))
	p.fewest = fewest && err == nil
	if !p.part(in) {
		return p
	}
	if len(m.Classes) == 1 {
		p.know([]int64{1})
		p.addAll()
		return p
	}
	if p.relaxed.shared.program.OneKindEach() && len(p.branches) == 0 {
		p.know(slices.Repeat([]int64{1}, len(m.Classes)))
		if p.addAll(); p.lower >= of.Enough {
			return p
		}
	}
	values := m.Integral(of.Values, model.FineTotal)
	if price, err := p.relaxed.shared.program.Quick(p.ctx, values); err == nil && !price.Infeasible {
		p.raise(price.Least, [][]int64{values})
	}
	for q := range m.Resources {
		if !p.without.Uses(technique.ResourceValues) {
			break
		}
		one := make([]int64, len(m.Classes))
		for c := range m.Classes {
			one[c] = m.Classes[c].Requests[q]
		}
		p.waiting = append(p.waiting, one)
	}
	resources := p.waiting
	p.Offer(of.Values)
	if len(p.branches) > 0 { // these are quick, and show which branches count
		p.tried = len(resources)
		p.waiting = append(resources, p.waiting[:len(p.waiting)-len(resources)]...)
	}
	return p
}

// part makes the branches, and reports whether they are small enough for a proof.
func (p *Prover) part(in *bound.Instance) bool {
	if !p.without.Uses(technique.PoolCases) {
		in.Precedences = nil
	}
	relaxed, branches := bound.Branches(in, p.of.Enough)
	of := map[*bound.Instance]*sharedProgram{}
	for _, c := range append([]bound.Branch{{Instance: relaxed}}, branches...) {
		program, known := of[c.Instance]
		if !known {
			if program = newProgram(c.Instance); program != nil && p.of.small() && p.without.Uses(technique.ResumedLeaves) {
				program.program.Resumes = true
			}
			of[c.Instance] = program
		}
		if program == nil {
			p.branches = nil
			return p.relaxed != nil
		}
		one := &provenBranch{prover: p, shared: program, floors: c.Floors}
		if p.relaxed == nil {
			p.relaxed = one
		} else {
			p.branches = append(p.branches, one)
		}
	}
	return true
}

// Offer gives values of the classes that may prove something, likelier than what is
// still waiting.
func (p *Prover) Offer(values []float64) {
	fine := p.of.Model.Integral(values, model.FineTotal)
	if contains(p.known, fine) || contains(p.waiting, fine) {
		return
	}
	list := [][]int64{fine}
	for i := range coarseSteps {
		if p.without.Uses(technique.CoarseValues) {
			list = append(list, p.of.Model.Integral(values, coarseFirst<<(4*i)))
		}
	}
	p.waiting = append(list, p.waiting...)
}

// contains reports whether one of the lists is the values.
func contains(list [][]int64, values []int64) bool {
	return slices.ContainsFunc(list, func(v []int64) bool { return slices.Equal(v, values) })
}

// StartFrom proves what cuts of an earlier proof give.
func (p *Prover) StartFrom(cuts [][]int64) {
	if p.relaxed == nil || len(cuts) == 0 || len(p.of.Model.Classes) < 2 {
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
func (p *Prover) addAll() {
	for _, c := range p.all() {
		c.addMissing()
		if c.adopt(); c.solvable() && len(p.known)+len(p.branches) > 1 {
			c.solve()
		}
	}
	p.commit()
}

// raise keeps a bound and the cuts that it follows from, if it is higher.
func (p *Prover) raise(least int64, cuts [][]int64) {
	if least > p.lower {
		p.lower, p.cuts = least, cuts
	}
}

// Prove works for about ticks ticks, or until the bound reaches the target.
func (p *Prover) Prove(ticks, target int64) {
	if p.relaxed == nil || len(p.of.Model.Classes) < 2 {
		return
	}
	p.target, p.found = target, nil
	for end := p.meter.Spent() + ticks; p.lower < target && p.meter.Spent() < end && !p.meter.Done(); {
		if !p.step(target) {
			break
		}
	}
	p.commit()
}

// step takes the next step for the branch with the lowest bound, and reports whether there
// was one: to add a known cut that its program lacks, or the best of the waiting ones; to
// solve the program; or to look for a cut that the nodes of its solution do not meet.
func (p *Prover) step(target int64) bool {
	c := p.next()
	if c == nil || max(c.lower, p.relaxed.lower) >= target {
		return false
	}
	defer func(before int64) { c.spent += p.meter.Spent() - before }(p.meter.Spent())
	if !c.missing() && len(p.waiting) > 0 && (c == p.relaxed || !c.solvable()) {
		p.know(p.waiting[0])
		p.waiting = p.waiting[1:]
	}
	switch {
	case c.missing():
		added := c.add()
		if added && c == p.relaxed {
			p.lowerLast(target)
		}
		return added
	case c == p.relaxed && !c.valued && p.choosing() && p.without.Uses(technique.ChosenDomains):
		c.worth()
		return true
	case c.solvable():
		return c.solve()
	case !c.generated && p.ready && len(p.branches) > 0:
		c.generate()
		return true
	case c.solved > 0 && !c.separated && len(p.known) < maxCuts && p.without.Uses(technique.SeparatedCuts):
		c.separate()
		return true
	case c.separated && !c.answer.Integral && c.leaves > 0 && c.leaves < bound.MaxLeaves:
		c.leaves, c.solved = c.leaves*leavesGrow, 0
		return true
	case c.separated && c.answer.Integral && c.effort > 0 && c.effort < bound.MaxRefutation:
		c.refute(min(effortGrows*c.effort, bound.MaxRefutation))
		return true
	case p.ready && len(p.branches) > 0 && !c.exhausted:
		c.exhausted, c.solved = true, 0
		return true
	}
	return false
}

// choosing reports whether it matters that pods choose their domains beside what else is chosen: which others are there, or, once the
// search knows columns, which pods are left. The search has fixed both before it says what pods are worth.
func (p *Prover) choosing() bool {
	return len(p.of.aparts) > 0 || len(p.of.spreads) > 0 && p.of.leaves() && len(p.columns) > 0
}

// Listens reports whether it has any use for columns: for the branches, or where it asks what pods are worth that choose.
func (p *Prover) Listens() bool {
	return len(p.branches) > 0 || len(p.of.aparts) > 0 || len(p.of.spreads) > 0 && p.of.leaves()
}

// next returns what to work on. Where the relaxation and the weakest branch have the same
// bound, it is not known which of the two is raised with less effort: they alternate. nil:
// there are no such plans.
func (p *Prover) next() *provenBranch {
	weakest, relaxed := p.weakest(), p.relaxed
	switch {
	case len(p.branches) == 0 || len(p.waiting) > 0 && len(p.known) < p.tried:
		return relaxed
	case weakest == nil || relaxed.exhausted || relaxed.lower < weakest.lower || relaxed.spent > relaxedPerBranch*(p.meter.Spent()-relaxed.spent):
		return weakest
	}
	return relaxed
}

// weakest returns the branch with the lowest bound; nil: no branch has a plan.
func (p *Prover) weakest() *provenBranch {
	var out *provenBranch
	for _, c := range p.branches {
		if !c.infeasible && (out == nil || c.lower < out.lower) {
			out = c
		}
	}
	return out
}

// all returns the relaxation and the branches.
func (p *Prover) all() []*provenBranch { return append([]*provenBranch{p.relaxed}, p.branches...) }

// Lower returns the bound: no plan that leaves as few pods costs less.
func (p *Prover) Lower() int64 { return p.lower }

// Cuts returns the cuts that prove Lower: of each, the values per class. Where nothing costs anything, but
// some pods keep away from each other, it is one that says no more than which.
func (p *Prover) Cuts() [][]int64 {
	if len(p.cuts) == 0 && len(p.of.aparts) > 0 {
		return [][]int64{make([]int64, len(p.of.Parts))}
	}
	return p.cuts
}

// NodeCuts returns what all launches must hold by the known cuts, per bin of the model.
func (p *Prover) NodeCuts() []model.Cut {
	if p.relaxed == nil {
		return nil
	}
	most, least := p.relaxed.shared.program.Gains()
	out := make([]model.Cut, len(most))
	for i, gains := range most {
		out[i] = model.Cut{Most: slices.Repeat([]int64{least[i]}, len(p.of.whole.Bins)), Least: least[i]}
		for n, b := range p.of.Bins {
			out[i].Most[b] = gains[n]
		}
	}
	return out
}

// Strongest returns the index among Cuts of the one that proves most by itself; 0 where
// none of them is known to.
func (p *Prover) Strongest() int {
	if p.relaxed == nil || p.relaxed.shared.best >= len(p.known) {
		return 0
	}
	best := p.known[p.relaxed.shared.best]
	return max(0, slices.IndexFunc(p.cuts, func(v []int64) bool { return slices.Equal(v, best) }))
}

// Fewest reports whether it is proven that no plan leaves fewer pods.
func (p *Prover) Fewest() bool { return p.fewest }

// Found returns a solution of the model that has all its rules over domains but may break others, as one that the last Prove came
// across; nil: none.
func (p *Prover) Found() model.Solution { return p.found }

// Left returns how many pods of each level may be left.
func (p *Prover) Left() []int64 { return p.of.Left }

// Spent returns the ticks that the proof took.
func (p *Prover) Spent() int64 { return p.meter.Spent() }

// Hear tells the prover that the search has columns; nil: none of the Subject's model.
// From then on it may generate columns itself.
func (p *Prover) Hear(columns []model.Column) {
	p.ready = true
	if columns != nil {
		p.columns = columns
	}
}
