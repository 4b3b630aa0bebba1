package solver

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/primal"
	"github.com/stowage/stowage/binpack/internal/work"
)

// An attempt is a model of the Problem, and the search for its best solution.
type attempt struct {
	compiled *compile.Compiled
	primal   *primal.Primal
	meter    *work.Meter
	fit      int64 // pods of Solver.Start that fit where it has them
}

// startDivisor: with a plan to start from that fits, the default work is 1/startDivisor of
// the usual.
const startDivisor = 14

// attempt compiles the kinds and makes a first solution.
func (s Solver) attempt(ctx context.Context, r *compile.Reading, kinds []compile.Kind, options compile.Options) (*attempt, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c, err := compile.Compile(ctx, r, kinds, options)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	limit := s.Work
	if limit == 0 {
		limit = DefaultWork
	}
	a := &attempt{compiled: c, meter: work.NewMeter(ctx, limit)}
	a.primal = primal.New(c.Model, a.meter, s.without)
	if a.primal.Unfinished() {
		return nil, ctx.Err()
	}
	if s.Start != nil {
		a.fit = a.primal.StartFrom(nodesOf(c, s.Start))
		if s.Work == 0 && 2*a.fit >= podsOf(s.Start) { // else it is a search as from nothing
			a.meter.Lower(DefaultWork / startDivisor)
		}
	}
	return a, nil
}

// podsOf returns how many pods a plan places.
func podsOf(plan *binpack.Plan) int64 {
	sum := int64(0)
	for _, l := range plan.Launches {
		for _, on := range l.Pods {
			sum += int64(on.Count) * int64(l.Nodes())
		}
	}
	for _, n := range plan.Nominations {
		for _, on := range n.Pods {
			sum += int64(on.Count)
		}
	}
	return sum
}

// leavesFewer reports whether a leaves fewer pods than another attempt at the problem,
// priority by priority.
func (a *attempt) leavesFewer(o *attempt) bool {
	of := func(a *attempt) []int64 {
		kinds := a.compiled.Kinds
		levels := compile.Levels(kinds)
		sums := make([]int64, len(kinds))
		for k, n := range a.left() {
			if kinds[k].Blocked == nil {
				sums[levels[k]] += n
			}
		}
		return sums
	}
	x, y := of(a), of(o)
	n := min(len(x), len(y)) // there are no more levels than kinds
	return slices.Compare(x[:n], y[:n]) < 0
}

// left returns how many pods of each kind the incumbent leaves.
func (a *attempt) left() []int64 { return a.compiled.LeftOf(a.primal.Unsplit()) }

// leavesSome reports whether pods are left that some node could hold.
func (a *attempt) leavesSome() bool {
	for k, n := range a.left() {
		if n > 0 && a.compiled.Kinds[k].Blocked == nil {
			return true
		}
	}
	return false
}

// givenUp reports whether pods gave up preferences.
func (a *attempt) givenUp() bool {
	return slices.ContainsFunc(a.compiled.Kinds, func(k compile.Kind) bool { return k.Relaxed })
}

// needsChoice reports whether some pool has MinValues.
func needsChoice(r *compile.Reading) bool {
	return slices.ContainsFunc(r.Supply.Pools, func(p binpack.Pool) bool { return len(p.MinValues) > 0 })
}
