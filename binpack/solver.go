package binpack

import (
	"context"
	"iter"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Solver holds settings. The zero value is ready, deterministic and bounded in
// work. It has no state; share it.
type Solver struct {
	Gap  float64 // stop at this relative gap; 0: when proven optimal
	Work int64   // most ticks; 0: DefaultWork; <0: no limit
}

// DefaultWork is the work limit of the zero Solver in ticks, steps of the
// inner loops: about a second on one core.
const DefaultWork int64 = 100_000_000

// Solve is Solver{}.Solve.
func Solve(ctx context.Context, p Problem) (Plan, error) {
	return Solver{}.Solve(ctx, p)
}

// Solve returns the best plan that it finds. When ctx ends it returns what it
// has, with Status Interrupted and a nil error; an error means that there is
// no plan: p is invalid, or ctx ended before the first plan stood.
func (s Solver) Solve(ctx context.Context, p Problem) (Plan, error) {
	r, err := s.start(ctx, &p)
	if err != nil {
		return Plan{}, err
	}
	r.prove()
	for r.improve() {
	}
	return r.plan(), nil
}

// Plans yields ever better plans: the first one that stands, then each that
// leaves fewer pods, costs less or has a higher bound. Break when good enough.
// An error comes alone, as of Solve.
func (s Solver) Plans(ctx context.Context, p Problem) iter.Seq2[Plan, error] {
	return func(yield func(Plan, error) bool) {
		r, err := s.start(ctx, &p)
		if err != nil {
			yield(Plan{}, err)
			return
		}
		if !yield(r.plan(), nil) {
			return
		}
		r.prove()
		for more := true; more; more = r.improve() {
			if !yield(r.plan(), nil) {
				return
			}
		}
	}
}

// start validates, compiles and packs for the first time.
func (s Solver) start(ctx context.Context, p *Problem) (*run, error) {
	g, err := p.validate()
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c, err := compile(p, g)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return newRun(ctx, s, c), nil
}

// plan reports where the run stands.
func (r *run) plan() Plan {
	plan := r.report(r.best)
	plan.LowerBound = min(plan.Cost, priceOf(r.proof.lower))
	plan.Certificate = r.certificate()
	plan.Status = r.status()
	plan.Stats = Stats{Classes: len(r.model.Classes), Bins: len(r.model.Bins), Pivots: r.pivots, Work: r.meter.Spent()}
	return plan
}

// certificate gives the pods the values of their classes.
func (r *run) certificate() Certificate {
	if r.proof.values == nil {
		return Certificate{}
	}
	of := func(kinds []int) []int64 {
		values := make([]int64, len(kinds))
		for i, k := range kinds {
			if class := r.classOf[k]; class >= 0 {
				values[i] = r.proof.values[class]
			}
		}
		return values
	}
	return Certificate{Pods: of(r.ofPod), Workloads: of(r.ofWorkload)}
}

// left returns how many pods of the model s leaves.
func left(m *model.Model, s model.Solution) int64 {
	var n int64
	for _, k := range s.Left(m) {
		n += k
	}
	return n
}
