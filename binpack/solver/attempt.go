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
}

// startShare: with a plan to start from the default work is 1/startShare of the usual.
const startShare = 14

// attempt compiles the kinds in a scope and makes a first solution.
func (s Solver) attempt(ctx context.Context, r *compile.Reading, kinds []compile.Kind, scope compile.Scope) (*attempt, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c, err := compile.Compile(ctx, r, kinds, scope)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	limit := s.Work
	if limit == 0 {
		limit = DefaultWork
		if s.Start != nil {
			limit /= startShare
		}
	}
	a := &attempt{compiled: c, meter: work.NewMeter(ctx, limit)}
	a.primal = primal.New(c.Model, a.meter, s.without)
	if a.primal.Unfinished() {
		return nil, ctx.Err()
	}
	if s.Start != nil {
		a.primal.StartFrom(nodesOf(c, s.Start))
	}
	return a, nil
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
func (a *attempt) left() []int64 { return a.compiled.LeftOf(a.primal.Whole()) }

// givenUp reports whether pods gave up preferences, or are left with some that
// they could give up.
func (a *attempt) givenUp() bool {
	for k, n := range a.left() {
		kind := &a.compiled.Kinds[k]
		if kind.Relaxed || n > 0 && kind.Blocked == nil && a.compiled.Prefers(k) {
			return true
		}
	}
	return false
}

// needsChoice reports whether some pool has MinValues.
func needsChoice(r *compile.Reading) bool {
	return slices.ContainsFunc(r.Supply.Pools, func(p binpack.Pool) bool { return len(p.MinValues) > 0 })
}
