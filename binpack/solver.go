package binpack

import (
	"context"
	"errors"
	"iter"
)

// Solver holds settings. The zero value is ready, deterministic and bounded in
// work. It has no state; share it.
type Solver struct {
	Gap         float64 // stop at this relative gap; 0: until proven optimal
	Work        int64   // most ticks; 0: DefaultWork; <0: no limit
	Parallelism int     // most goroutines; 0: GOMAXPROCS; never changes the plan
}

// DefaultWork is the work limit of the zero Solver, in ticks.
const DefaultWork int64 = 100_000_000

// Solve is Solver{}.Solve.
func Solve(ctx context.Context, p Problem) (Plan, error) {
	return Solver{}.Solve(ctx, p)
}

// Solve returns the best plan that it finds. When ctx ends it returns what it
// has, with Status Interrupted and a nil error; an error means that there is
// no plan: p is invalid, or ctx ended before the first plan stood.
func (s Solver) Solve(ctx context.Context, p Problem) (Plan, error) {
	return Plan{}, errors.New("not yet")
}

// Plans yields ever cheaper plans, the greedy one first. Break when good
// enough.
func (s Solver) Plans(ctx context.Context, p Problem) iter.Seq2[Plan, error] {
	return nil
}
