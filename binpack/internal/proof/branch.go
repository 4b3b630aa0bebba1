package proof

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A sharedProgram is a program over cuts, of one branch or of several.
type sharedProgram struct {
	in         *bound.Instance
	program    *bound.Program
	infeasible bool  // there is no such plan
	lower      int64 // by the best cut alone
	best       int   // that cut
}

// A provenBranch is what is proven of the plans of one branch.
type provenBranch struct {
	prover *Prover
	shared *sharedProgram
	floors []int64

	infeasible   bool // there is no such plan
	lower        int64
	carried      []int // cuts that prove it
	carriedAlone bool  // without the others

	answer    bound.Answer
	solved    int  // cuts that it is the answer for
	generated bool // columns, for their duals
	separator *separation.Separator
	leaves    int64 // most of a solve
	separated bool  // the answer's nodes hold all pods, as far as can be seen
	valued    bool  // it was asked what pods are worth where they choose their domains
	exhausted bool  // nothing raises the bound any more
	spent     int64
	tried     []int64 // the last whole nodes on which pods are tried
	effort    int     // the most of one such try; 0: none is made
	nearSpent int64   // on nodes near those of answers
}

// newProgram returns the program of an instance without precedences, or nil: it is too large
// for a proof.
func newProgram(in *bound.Instance) *sharedProgram {
	program, err := bound.NewProgram(in)
	if err != nil {
		return nil
	}
	return &sharedProgram{in: in, program: program}
}

// missing reports whether there are known cuts that the program does not have.
func (c *provenBranch) missing() bool { return c.shared.program.Cuts() < len(c.prover.known) }

// add adds the next of the prover's cuts, and reports whether the context allowed it.
func (c *provenBranch) add() bool {
	of, before, cut := c.shared, c.shared.program.Steps, c.shared.program.Cuts()
	price, err := c.shared.program.Add(c.prover.ctx, c.prover.known[cut])
	c.prover.meter.Spend(cutTicks + bound.StepTicks*(c.shared.program.Steps-before))
	if err != nil {
		return false
	}
	if price.Infeasible || price.Least > of.lower {
		of.infeasible, of.lower, of.best = price.Infeasible, price.Least, cut
	}
	c.adopt()
	return true
}

// addMissing adds all cuts that are known, and reports whether the context allowed it.
func (c *provenBranch) addMissing() bool {
	for c.missing() {
		if !c.add() {
			return false
		}
	}
	return true
}

// adopt takes over what one cut proves alone.
func (c *provenBranch) adopt() {
	if of := c.shared; of.infeasible || of.lower > c.lower {
		c.infeasible, c.lower, c.carried, c.carriedAlone = of.infeasible, of.lower, []int{of.best}, true
	}
}

// solvable reports whether the program has cuts with which it was not solved yet.
func (c *provenBranch) solvable() bool {
	return c.solved < c.shared.program.Cuts() && c.prover.without.Uses(technique.SeveralCuts)
}

// solve solves the program over all cuts, and reports whether the context allowed it.
func (c *provenBranch) solve() bool {
	c.adopt()
	leaves := min(max(c.prover.meter.Left(work.Default)/(leavesDivisor*leafTicks), leastLeaves), bound.MaxLeaves)
	switch {
	case c.more() || len(c.prover.branches) > 0 && !c.generated: // the relaxation will do
		leaves = 1
	case len(c.prover.branches) > 0 && !c.exhausted:
		leaves = min(leaves, branchLeaves)
	case len(c.prover.of.spreads) > 0:
		c.leaves = max(c.leaves, firstLeaves)
		leaves = min(leaves, c.leaves)
	}
	enough := c.prover.of.Enough
	if c.effort > 0 { // pods are not tried on the incumbent's nodes
		enough = min(enough, c.prover.target)
	}
	answer, ok := c.solveOnly(c.shared.program, leaves, enough)
	if !ok {
		return false
	}
	c.answer, c.solved, c.separated = answer, c.shared.program.Cuts(), false
	if answer.Packing != nil {
		c.prover.found = c.prover.of.solution(answer.Packing)
	}
	if answer.Values != nil && len(c.prover.known) < maxCuts {
		c.prover.know(answer.Values)
	}
	if answer.Infeasible || answer.Least > c.lower {
		c.infeasible, c.lower, c.carried = answer.Infeasible, answer.Least, answer.Carried
		c.carriedAlone = len(c.carried) == c.solved && c.effort == 0 && !answer.Resumed // a judge does not know what was done before
	}
	return true
}

func (c *provenBranch) solveOnly(p *bound.Program, leaves, enough int64) (bound.Answer, bool) {
	before := p.Steps
	answer := p.Solve(c.prover.ctx, c.floors, int(leaves), enough)
	c.prover.meter.Spend(answer.Leaves*leafTicks + bound.StepTicks*(p.Steps-before))
	return answer, answer.Leaves > 0
}

// separating returns the separator of the branch.
func (c *provenBranch) separating() *separation.Separator {
	if c.separator == nil {
		c.separator = separation.New(c.admitting(), c.prover.of.Bins, c.prover.of.demand(), c.prover.meter)
	}
	return c.separator
}

// worth offers what pods are worth by the linear program in which they choose their domains.
func (c *provenBranch) worth() {
	c.valued = true
	c.separating().Seed(c.prover.columns)
	if values := c.separating().Worth(c.prover.of.Enough, worthTicks); values != nil {
		c.prover.Offer(values)
	}
}

// separate adds a cut that the answer's nodes do not meet. Where they are whole and none is known, it has pods tried
// on them.
func (c *provenBranch) separate() {
	c.separated = true
	if len(c.prover.of.Model.Classes) > colgen.MaxClasses {
		return
	}
	if c.prover.of.small() && c.prover.without.Uses(technique.NearNodes) {
		c.near()
	}
	if values := c.separating().Values(c.answer.Nodes, c.prover.of.Values, separationTicks); values != nil {
		c.prover.know(c.prover.of.Model.Integral(values, model.FineTotal))
		if c.addMissing() {
			c.separated = c.shared.program.Meets(c.answer.Nodes)
		}
	}
	if !c.separated || !c.answer.Integral || slices.Equal(c.tried, c.answer.Nodes) {
		return
	}
	if len(c.shared.in.Precedences) == 0 && c.prover.of.triable() && c.prover.without.Uses(technique.TriedPods) {
		c.tried = c.answer.Nodes
		c.refute(max(c.effort, firstEffort))
	}
}

// refute has pods tried on whole nodes from now on, with so much effort, in ticks.
func (c *provenBranch) refute(effort int) {
	c.effort, c.solved = effort, 0
	c.shared.program.Refute(effort)
}

// generate offers the duals of the program over columns of this branch.
func (c *provenBranch) generate() {
	c.generated = true
	if len(c.prover.of.Model.Classes) > colgen.MaxClasses || !c.prover.without.Uses(technique.ColumnDuals) {
		return
	}
	m, ticks := c.admitting(), int64(branchTicks)
	if c == c.prover.relaxed {
		ticks *= 3
	}
	g := colgen.New(m, c.prover.of.Bins, c.prover.meter)
	if len(m.Groups) > 0 && m.Pods() >= deepPods {
		g.Deepen()
		ticks *= 2
	}
	for _, j := range c.prover.columns {
		if !slices.ContainsFunc(j.Counts, func(n model.Count) bool { return !m.Bins[j.Bin].Admits.Has(n.Class) }) {
			g.Add(model.Solution{j})
		}
	}
	x := g.Solve(model.Solution{}.Left(m), model.Solution{}.Free(m), c.prover.center, colgen.Effort{Rounds: colgen.MaxRounds, Ticks: ticks, Level: colgen.Quick})
	c.prover.columns, c.prover.center = g.Columns, x.Center
	for _, values := range [][]float64{x.Duals, x.Center} {
		c.prover.know(m.Integral(values, model.FineTotal))
	}
}

// admitting returns the model with the most pods that each part may have where that is a choice, and with what
// the bins admit in this branch.
func (c *provenBranch) admitting() *model.Model {
	if c == c.prover.relaxed {
		return c.prover.of.widest
	}
	m := *c.prover.of.widest
	for i, least := range c.floors {
		if least > 0 {
			m.Floors = append(m.Floors, model.Use{Cap: c.shared.in.Counted[i], Amount: least})
		}
	}
	m.Bins = append([]model.Bin(nil), m.Bins...)
	for i, b := range c.prover.of.Bins {
		m.Bins[b].Admits = model.ClassesWhere(c.shared.in.Nodes[i].Admits...)
	}
	return &m
}

// more reports whether there are cuts still to be added.
func (c *provenBranch) more() bool { return c.missing() || len(c.prover.waiting) > 0 }

// carriedBound returns the bound that the carried cuts prove without the others. When ctx
// has ended it does not compute that: then all cuts are carried.
func (c *provenBranch) carriedBound() int64 {
	if c.infeasible {
		return c.prover.of.Enough
	}
	if c.carriedAlone {
		return c.lower
	}
	answer, ok := c.solveOnly(c.shared.program.Only(c.carried), bound.MaxLeaves, c.lower)
	switch {
	case c.prover.ctx.Err() != nil:
		c.carried = nil
		for i := range c.shared.program.Cuts() {
			c.carried = append(c.carried, i)
		}
	case !ok || answer.Infeasible:
		return 0
	default:
		c.lower = answer.Least
	}
	c.carriedAlone = true
	return c.lower
}

// near looks for a packing on nodes like the answer's, in a part of the work.
func (c *provenBranch) near() {
	p, program := c.prover, c.shared.program
	before, ticks := program.Steps, min(nearTicks, p.meter.Spent()/nearDivisor-c.nearSpent)
	if ticks <= 0 {
		return
	}
	packed := program.Near(p.ctx, c.answer.Nodes, p.target, int(ticks))
	spent := bound.StepTicks * (program.Steps - before)
	p.meter.Spend(spent)
	c.nearSpent += int64(spent)
	if packed != nil {
		p.found = p.of.solution(packed)
		p.target = min(p.target, p.found.Cost(p.of.Model))
	}
}
