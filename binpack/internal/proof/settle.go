package proof

import (
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// know adds the cut of these values to what is known, unless it is.
func (p *Prover) know(values []int64) {
	if !contains(p.known, values) {
		p.known = append(p.known, values)
	}
}

// commit keeps the higher of two bounds, that of the relaxation and that of the weakest
// branch, with the cuts that it follows from. The bound is what these cuts prove by
// themselves: the judge is shown no others.
func (p *Prover) commit() {
	p.commitBranches([]*provenBranch{p.relaxed}, p.relaxed)
	if weakest := p.weakest(); len(p.branches) > 0 {
		p.commitBranches(p.branches, weakest)
	}
}

// commitBranches keeps what is proven of branches; every plan is in one of them.
func (p *Prover) commitBranches(branches []*provenBranch, weakest *provenBranch) {
	least := p.of.Enough
	if weakest != nil && !weakest.infeasible {
		least = min(least, weakest.lower)
	}
	if least <= p.lower {
		return
	}
	counts := make([]bool, len(p.known))
	for _, c := range branches {
		least = min(least, c.carriedBound())
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

// lowerLast proposes the newest cut of the relaxation with lower values, so that the few
// bins that limit the bound no longer do. It does not where there are branches, or where
// the cut was lowered before.
func (p *Prover) lowerLast(target int64) {
	last := p.known[p.relaxed.shared.program.Cuts()-1]
	if !p.ready || !p.without.Uses(technique.LoweredValues) || len(p.branches) > 0 || p.relaxed.lower > target-target/lowerDivisor || contains(p.lowered, last) || worthOfAll(p.of.Model, last) < model.FineTotal/2 {
		return
	}
	before := p.relaxed.shared.program.Steps
	values := p.relaxed.shared.program.Lowered(p.relaxed.lower)
	p.meter.Spend(bound.StepTicks * (p.relaxed.shared.program.Steps - before))
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
