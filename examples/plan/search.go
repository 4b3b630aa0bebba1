package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var errNoPlanYet = errors.New("interrupted before there was a plan")

// search solves the problem within the limits of o. A time limit alone lifts the limit of
// work. Ctrl-C ends the search with the best plan so far; a second one ends the
// program.
func (o *options) search(in *input, stderr io.Writer) (binpack.Plan, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	if o.time != nil && *o.time > 0 {
		limited, cancel := context.WithTimeout(ctx, *o.time)
		defer cancel()
		ctx = limited
	}
	plan, err := o.solve(ctx, in, stderr)
	switch {
	case errors.Is(err, context.Canceled):
		err = errNoPlanYet
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("there was no plan yet when -time %s was over", *o.time)
	}
	return plan, err
}

// solve solves the problem, and shows its progress where stderr is a terminal.
func (o *options) solve(ctx context.Context, in *input, stderr io.Writer) (binpack.Plan, error) {
	p := in.problem
	settings := o.solver
	first := o.time != nil && *o.time == 0
	if o.time != nil && !first && settings.Work == 0 {
		settings.Work = -1
	}
	var line *progress
	switch {
	case isTerminal(stderr):
		line = newProgress(stderr, in.unit()+"/h", patience, beat)
		defer line.close()
	case !first:
		return settings.Solve(ctx, p)
	}
	return best(ctx, settings, p, first, line)
}

// best returns the last of the solver's plans, or the first.
func best(ctx context.Context, settings solver.Solver, p binpack.Problem, first bool, line *progress) (binpack.Plan, error) {
	alternatives := settings.Alternatives
	settings.Alternatives = 0 // wanted of the last plan only
	var last binpack.Plan
	for plan, err := range settings.Plans(ctx, p) {
		if err != nil {
			return plan, err
		}
		last = plan
		if first {
			break
		}
		line.show(plan)
	}
	if ctx.Err() != nil && last.Status == binpack.WorkLimit {
		last.Status = binpack.Interrupted
	}
	if alternatives == 0 {
		return last, nil
	}
	lists, err := verify.Alternatives(context.Background(), p, last, alternatives)
	for i := range lists {
		last.Launches[i].Alternatives = lists[i]
	}
	return last, err
}
