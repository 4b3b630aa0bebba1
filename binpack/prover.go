package binpack

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A prover raises a lower bound. It adds cuts to a program over numbers of nodes:
// values that are likely to prove something first, then one after the other those
// that show why the program's nodes do not hold all pods. It shares nothing with
// the search that changes.
type prover struct {
	proven
	ctx   context.Context
	meter *work.Meter
	left  []int64 // pods of each level that may be left

	without uint64 // techniques

	lower  int64
	cuts   [][]int64 // that prove it: of each, the values per class
	fewest bool      // no plan leaves fewer pods

	program   *bound.Program // nil: too large for one
	tried     [][]int64      // the cuts of the program
	waiting   [][]int64      // values to be tried, the likeliest first
	separator *separation.Separator
	answer    bound.Answer // of the program, if solved
	solved    bool
	separated bool // the answer's nodes hold all pods, as far as can be seen
}

const (
	// fineTotal is the value of all pods together at which rounding values to
	// whole numbers costs next to nothing.
	fineTotal = 1 << 44
	// Values of all pods at which the nodes that cover them can be counted
	// exactly: coarseSteps of them from coarseFirst on, each 16 times the one
	// before. Rounding costs more there, whole nodes give more.
	coarseSteps, coarseFirst = 3, 1 << 9

	// cutTicks is what the knapsacks of one cut count as, in ticks.
	cutTicks = 300_000
	// separationTicks bounds the search for one cut.
	separationTicks = 2_000_000
	// mostCuts bounds the cuts of a program.
	mostCuts = 60
	// provenLeaves is the most leaves of one branch and bound over all cuts.
	provenLeaves = 1000
	// leafTicks is what a leaf counts as, in ticks.
	leafTicks = 8_000
)

// newProver proves what is quickly proven: all that there is to prove of one class,
// and a first bound of several.
func newProver(of proven, left []int64, without uint64, meter *work.Meter) *prover {
	p := &prover{proven: of, ctx: meter.Context(), meter: meter, left: left, without: without}
	m := of.model
	if len(m.Classes) == 0 {
		p.fewest = true
		return p
	}
	in := instance(m, of.bins, left)
	fewest, err := bound.Fewest(p.ctx, in)
	p.fewest = fewest && err == nil
	if p.program, err = bound.NewProgram(in); err != nil {
		return p
	}
	if len(m.Classes) == 1 {
		p.cut([]int64{1})
		return p
	}
	p.separator = separation.New(m, of.bins, p.meter)
	values := whole(m, of.values, fineTotal)
	if price, err := bound.Quick(p.ctx, in, values); err == nil {
		p.raise(price, values)
	}
	p.offer(of.values)
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
	return p
}

// offer gives values of the classes that may prove something, likelier than what is
// still waiting.
func (p *prover) offer(values []float64) {
	fine := whole(p.model, values, fineTotal)
	if p.knows(fine) {
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

func (p *prover) knows(values []int64) bool {
	equal := func(v []int64) bool { return slices.Equal(v, values) }
	return slices.ContainsFunc(p.tried, equal) || slices.ContainsFunc(p.waiting, equal)
}

// prove works for about so many ticks, or until the bound reaches the target.
func (p *prover) prove(ticks, target int64) {
	if p.program == nil || len(p.model.Classes) < 2 {
		return
	}
	for end := p.meter.Spent() + ticks; p.lower < target && p.meter.Spent() < end && !p.meter.Done(); {
		if !p.step(target) {
			break
		}
	}
	if p.solved && p.answer.Least > p.lower {
		p.keep(p.answer.Carried)
	}
}

// step does the next thing, and reports whether there was one.
func (p *prover) step(target int64) bool {
	full := len(p.tried) >= mostCuts
	switch {
	case len(p.waiting) > 0:
		p.cut(p.waiting[0])
		p.waiting = p.waiting[1:]
	case !p.solved && p.uses(severalCuts):
		p.answer, p.solved = p.solve(p.program)
		p.separated = false
		return p.solved && (!p.answer.Infeasible && p.answer.Least < target)
	case p.solved && !p.separated && !full && p.uses(separatedCuts):
		p.separated = !p.separate()
	default:
		return false
	}
	return true
}

// separate adds a cut that the answer's nodes do not meet, and reports whether it
// found one.
func (p *prover) separate() bool {
	if !noneLeft(p.left) {
		return false
	}
	values := p.separator.Values(p.answer.Nodes, p.values, separationTicks)
	if values == nil {
		return false
	}
	nodes := p.answer.Nodes
	return p.cut(whole(p.model, values, fineTotal)) && !p.program.Meets(nodes)
}

// cut adds the cut of these values to the program, unless it has it, and keeps the
// bound that it gives alone, if that is higher. It reports whether it was added.
func (p *prover) cut(values []int64) bool {
	if slices.ContainsFunc(p.tried, func(v []int64) bool { return slices.Equal(v, values) }) {
		return false
	}
	p.meter.Spend(cutTicks)
	price, err := p.program.Add(p.ctx, values)
	if err != nil {
		return false
	}
	p.tried, p.solved = append(p.tried, values), false
	p.raise(price, values)
	return true
}

// raise keeps a bound and the cuts that it follows from, if it is higher.
func (p *prover) raise(price bound.Price, cuts ...[]int64) {
	if !price.Infeasible && price.Least > p.lower {
		p.lower, p.cuts = price.Least, cuts
	}
}

// solve solves the program over cuts, as far as the context allows.
func (p *prover) solve(program *bound.Program) (bound.Answer, bool) {
	answer, err := program.Solve(p.ctx, provenLeaves)
	p.meter.Spend(answer.Leaves * leafTicks)
	return answer, err == nil && answer.Leaves > 0
}

// keep keeps the bound that these cuts alone give, if it is higher: what the judge
// will find, who is shown no others.
func (p *prover) keep(carried []int) {
	answer, ok := p.solve(p.program.Only(carried))
	if !ok {
		return
	}
	var cuts [][]int64
	for _, i := range carried {
		cuts = append(cuts, p.tried[i])
	}
	p.raise(answer.Price, cuts...)
}
