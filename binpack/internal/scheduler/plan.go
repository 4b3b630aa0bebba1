package scheduler

import (
	"context"
	"time"

	"github.com/stowage/stowage/binpack"
)

// Stowage plans by Stowage, within a time; 0: its first plan.
func Stowage(limit time.Duration) Planner {
	return func(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
		if limit == 0 {
			return binpack.Solver{Work: 1}.Solve(ctx, p)
		}
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return binpack.Solver{Work: -1}.Solve(ctx, p)
	}
}
