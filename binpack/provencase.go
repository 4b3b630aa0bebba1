package binpack

import (
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/separation"
)

// A provenCase is what is proven of plans of one case.
type provenCase struct {
	*prover
	in         *bound.Instance
	program    *bound.Program
	next       int  // of the prover's cuts, the first that the program does not have
	infeasible bool // there is no such plan

	lower   int64 // by the cuts carried
	carried []int
	joint   bool // not by the one of them alone

	answer    bound.Answer // of the program, if solved
	solved    bool
	separator *separation.Separator
	separated bool // the answer's nodes hold all pods, as far as can be seen
}

// add adds the next of the prover's cuts, and reports whether the context allowed it.
func (c *provenCase) add() bool {
	before := c.program.Steps
	price, err := c.program.Add(c.ctx, c.known[c.next])
	c.meter.Spend(cutTicks + stepTicks*(c.program.Steps-before))
	if err != nil {
		return false
	}
	c.next++
	c.solved = false
	if price.Infeasible || price.Least > c.lower {
		c.infeasible, c.lower, c.carried, c.joint = price.Infeasible, price.Least, []int{c.next - 1}, false
	}
	return true
}

// solvable reports whether there is a program to solve that was not.
func (c *provenCase) solvable() bool { return !c.solved && c.next > 0 && c.uses(severalCuts) }

// solve solves the program over all cuts, and reports whether the context allowed it.
func (c *provenCase) solve() bool {
	leaves := min(max(c.meter.Left(DefaultWork)/(solvePart*leafTicks), leastLeaves), provenLeaves)
	if c.more() { // the relaxation will do
		leaves = 1
	}
	answer, ok := c.solveOnly(c.program, leaves, c.enough)
	if !ok {
		return false
	}
	c.answer, c.solved, c.separated = answer, true, false
	if answer.Infeasible || answer.Least > c.lower {
		c.infeasible, c.lower, c.carried, c.joint = answer.Infeasible, answer.Least, answer.Carried, true
	}
	return true
}

func (c *provenCase) solveOnly(p *bound.Program, leaves, enough int64) (bound.Answer, bool) {
	answer, err := p.Solve(c.ctx, int(leaves), enough)
	c.meter.Spend(answer.Leaves * leafTicks)
	return answer, err == nil && answer.Leaves > 0
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
	nodes := c.answer.Nodes
	if values == nil {
		return
	}
	c.know(whole(c.model, values, fineTotal))
	if c.next < len(c.known) && c.add() {
		c.separated = c.program.Meets(nodes)
	}
}

// admitting returns the model, with what the bins admit in this case.
func (c *provenCase) admitting() *model.Model {
	if len(c.cases) == 1 {
		return c.model
	}
	m := *c.model
	m.Bins = append([]model.Bin(nil), m.Bins...)
	for i, b := range c.bins {
		m.Bins[b].Admits = c.in.Nodes[i].Admits
	}
	return &m
}

// more reports whether there are cuts still to be added.
func (c *provenCase) more() bool { return c.next < len(c.known) || len(c.waiting) > 0 }

// settle returns the bound that the cuts carried prove without the others.
func (c *provenCase) settle() int64 {
	if c.infeasible {
		return c.enough
	}
	if c.joint && len(c.carried) < c.next {
		answer, ok := c.solveOnly(c.program.Only(c.carried), provenLeaves, c.lower)
		if !ok || answer.Infeasible {
			return 0
		}
		c.lower = answer.Least
	}
	return c.lower
}
