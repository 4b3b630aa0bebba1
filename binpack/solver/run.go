package solver

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/primal"
	"github.com/stowage/stowage/binpack/internal/proof"
	"github.com/stowage/stowage/catalog"
)

// A run is one solve: the search for a plan, and the proof beside it.
type run struct {
	ctx    context.Context
	solver Solver
	*attempt

	proven  *compile.Compiled // what bounds are of: the model, without what bounds do not hold
	subject proof.Subject
	prover  *proof.Prover
	pivots  int // of the relaxation of what is proven
}

// improve goes on until the plan or its bound is better, and reports whether it is.
func (r *run) improve() bool {
	before, lower := r.primal.Mark(), r.prover.Lower()
	for r.primal.Fault() == nil && !r.finished() && !r.meter.Done() && !r.primal.Empty() {
		for _, step := range r.primal.Turn() {
			r.proveConcurrently(step)
		}
		if r.prover.Lower() > lower || r.primal.BetterThan(before) {
			return true
		}
	}
	return false
}

// proveConcurrently runs a step of the search while the prover works beside it. The two
// see nothing of each other until both are done, and the work of the one is not taken
// from the other: how fast either runs does not change the plan. Then the search takes over a solution that
// the prover came across, and it ends when nothing is left to prove.
func (r *run) proveConcurrently(step primal.Step) {
	r.offerValues()
	if columns, known := r.primal.Columns(); known {
		if r.proven != r.compiled || !r.prover.Listens() {
			columns = nil
		}
		r.prover.Hear(r.subject.Columns(columns))
	}
	if r.proven == r.compiled {
		r.primal.Hear(r.prover.NodeCuts())
	}
	p, ticks, target, done := r.prover, step.Ticks(), r.primal.Cost(), make(chan struct{})
	go func() {
		defer close(done)
		p.Prove(ticks, target)
	}()
	step.Do()
	<-done
	if r.proven == r.compiled {
		r.primal.Adopt(p.Found())
	}
	if left := r.leftByLevel(); !slices.Equal(left, p.Left()) { // the bound was of plans that leave more
		r.prover = r.newProver()
	}
}

// finished reports whether nothing better is wanted.
func (r *run) finished() bool {
	cost := r.primal.Cost()
	return r.prover.Fewest() && float64(cost-r.prover.Lower()) <= float64(r.solver.Gap*float64(cost))
}

func (r *run) status() binpack.Status {
	complete := !r.compiled.Partial()
	switch {
	case complete && r.prover.Fewest() && r.primal.Cost() <= r.prover.Lower():
		return binpack.Optimal
	case complete && r.finished():
		return binpack.WithinGap
	case r.meter.Interrupted():
		return binpack.Interrupted
	}
	return binpack.WorkLimit
}

// plan reports where the run stands.
func (r *run) plan() binpack.Plan {
	solution := r.primal.Fewest()
	if r.solver.apart {
		solution = r.primal.Unsplit()
	}
	plan := report(r.ctx, r.compiled, solution)
	plan.LowerBound = catalog.Price(r.prover.Lower())
	plan.Certificate = r.certificate()
	plan.Status = r.status()
	n := r.primal.Counts()
	plan.Stats = binpack.Stats{
		Classes: n.Classes, Bins: n.Bins, Columns: n.Columns, Pivots: n.Pivots + r.pivots, Pricings: n.Pricings,
		Work: r.meter.Spent() + r.prover.Spent(), Started: r.fit,
	}
	return plan
}
