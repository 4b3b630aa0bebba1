package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
)

// Stowage plans by Stowage, within a time; 0, or where the time is too short for any:
// its first plan.
func Stowage(limit time.Duration) Planner {
	return func(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
		if limit > 0 {
			within, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			plan, err := solver.Solver{Work: -1}.Solve(within, p)
			if !errors.Is(err, context.DeadlineExceeded) {
				return plan, err
			}
		}
		return solver.Solver{Work: 1}.Solve(ctx, p)
	}
}

// Command plans by a program that reads a problem file and writes a plan file, such
// as Karpenter's plan command.
func Command(path string) Planner {
	return func(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
		var in, out bytes.Buffer
		if err := problemfile.Write(&in, p); err != nil {
			return binpack.Plan{}, err
		}
		command := exec.CommandContext(ctx, path)
		command.Stdin, command.Stdout, command.Stderr = &in, &out, os.Stderr
		if err := command.Run(); err != nil {
			return binpack.Plan{}, fmt.Errorf("%s: %w", path, err)
		}
		return problemfile.ReadPlan(&out, p)
	}
}
