package solver

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/separation"
)

// A provenProgram is the program over cuts of one or several cases.
type provenProgram struct {
	*prover
	in         *bound.Instance
	program    *bound.Program
	infeasible bool  // there is no such plan
	lower      int64 // by the best cut alone
	best       int   // that cut
}

// A provenCase is what is proven of plans of one case.
type provenCase struct {
	*provenProgram
	floors []int64

	infeasible bool // there is no such plan
	lower      int64
	carried    []int // cuts that prove it
	settled    bool  // without the others

	answer    bound.Answer
	solved    int  // cuts of which that is the answer
	generated bool // columns, for their duals
	separator *separation.Separator
	separated bool // the answer's nodes hold all pods, as far as can be seen
	exhausted bool // nothing raises the bound any more
	spent     int64
}

// newProgram returns the program of an instance without turns, or nil: it is too large
// for a proof.
func (p *prover) newProgram(in *bound.Instance) *provenProgram {
	program, err := bound.NewProgram(in)
	if err != nil {
		return nil
	}
	return &provenProgram{prover: p, in: in, program: program}
}

// missing reports whether there are known cuts that the program does not have.
func (c *provenProgram) missing() bool { return c.program.Cuts() < len(c.known) }

// add adds the next of the prover's cuts, and reports whether the context allowed it.
func (c *provenCase) add() bool {
	of, before, cut := c.provenProgram, c.program.Steps, c.program.Cuts()
	price, err := c.program.Add(c.ctx, c.known[cut])
	c.meter.Spend(cutTicks + bound.StepTicks*(c.program.Steps-before))
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
func (c *provenCase) addMissing() bool {
	for c.missing() {
		if !c.add() {
			return false
		}
	}
	return true
}

// adopt takes over what one cut proves alone.
func (c *provenCase) adopt() {
	if of := c.provenProgram; of.infeasible || of.lower > c.lower {
		c.infeasible, c.lower, c.carried, c.settled = of.infeasible, of.lower, []int{of.best}, true
	}
}

// solvable reports whether there is a program to solve that was not.
func (c *provenCase) solvable() bool { return c.solved < c.program.Cuts() && c.uses(severalCuts) }

// solve solves the program over all cuts, and reports whether the context allowed it.
func (c *provenCase) solve() bool {
	c.adopt()
	leaves := min(max(c.meter.Left(DefaultWork)/(solvePart*leafTicks), leastLeaves), bound.MaxLeaves)
	switch {
	case c.more() || len(c.cases) > 0 && !c.generated: // the relaxation will do
		leaves = 1
	case len(c.cases) > 0 && !c.exhausted:
		leaves = min(leaves, caseLeaves)
	}
	answer, ok := c.solveOnly(c.program, leaves, c.enough)
	if !ok {
		return false
	}
	c.answer, c.solved, c.separated = answer, c.program.Cuts(), false
	if answer.Infeasible || answer.Least > c.lower {
		c.infeasible, c.lower, c.carried = answer.Infeasible, answer.Least, answer.Carried
		c.settled = len(c.carried) == c.solved
	}
	return true
}

func (c *provenCase) solveOnly(p *bound.Program, leaves, enough int64) (bound.Answer, bool) {
	before := p.Steps
	answer := p.Solve(c.ctx, c.floors, int(leaves), enough)
	c.meter.Spend(answer.Leaves*leafTicks + bound.StepTicks*(p.Steps-before))
	return answer, answer.Leaves > 0
}

// separate adds a cut that the answer's nodes do not meet.
func (c *provenCase) separate() {
	c.separated = true
	if !noneLeft(c.left) || len(c.model.Classes) > colgen.MaxClasses {
		return
	}
	if c.separator == nil {
		c.separator = separation.New(c.admitting(), c.bins, c.meter)
	}
	values := c.separator.Values(c.answer.Nodes, c.values, separationTicks)
	if values == nil {
		return
	}
	c.know(whole(c.model, values, fineTotal))
	if c.addMissing() {
		c.separated = c.program.Meets(c.answer.Nodes)
	}
}

// generate offers the duals of the program over columns of this case.
func (c *provenCase) generate() {
	c.generated = true
	if len(c.model.Classes) > colgen.MaxClasses || !c.uses(columnDuals) {
		return
	}
	m, ticks := c.admitting(), int64(caseTicks)
	if c == c.plain {
		ticks *= 3
	}
	g := colgen.New(m, c.bins, c.meter)
	for _, j := range c.columns {
		if !slices.ContainsFunc(j.Counts, func(n model.Count) bool { return !m.Bins[j.Bin].Admits[n.Class] }) {
			g.Add(model.Solution{j})
		}
	}
	x := g.Solve(model.Solution{}.Left(m), model.Solution{}.Free(m), c.center, colgen.Effort{Rounds: maxRounds, Ticks: ticks, Level: firstLevel})
	c.columns, c.center = g.Columns, x.Center
	for _, values := range [][]float64{x.Duals, x.Center} {
		c.know(whole(m, values, fineTotal))
	}
}

// admitting returns the model, with what the bins admit in this case.
func (c *provenCase) admitting() *model.Model {
	if c == c.plain {
		return c.model
	}
	m := *c.model
	for i, least := range c.floors {
		if least > 0 {
			m.Floors = append(m.Floors, model.Use{Cap: c.in.Counted[i], Amount: least})
		}
	}
	m.Bins = append([]model.Bin(nil), m.Bins...)
	for i, b := range c.bins {
		m.Bins[b].Admits = c.in.Nodes[i].Admits
	}
	return &m
}

// more reports whether there are cuts still to be added.
func (c *provenCase) more() bool { return c.missing() || len(c.waiting) > 0 }

// settle returns the bound that the cuts carried prove without the others. When time is
// up that is not asked: then all that there are are carried.
func (c *provenCase) settle() int64 {
	if c.infeasible {
		return c.enough
	}
	if c.settled {
		return c.lower
	}
	answer, ok := c.solveOnly(c.program.Only(c.carried), bound.MaxLeaves, c.lower)
	switch {
	case c.ctx.Err() != nil:
		c.carried = nil
		for i := range c.solved {
			c.carried = append(c.carried, i)
		}
	case !ok || answer.Infeasible:
		return 0
	default:
		c.lower = answer.Least
	}
	c.settled = true
	return c.lower
}
