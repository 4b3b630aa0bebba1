// Plan solves a problem file: what to launch, at what cost, and how far from
// the best that can be. Run it with -h for its flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/internal/cli"
)

const about = `
Usage: plan [-o table|json] [-time D] [-work N] [-verify] [-plan FILE] [-handover FILE] PROBLEM.json

Solves a problem file (binpack/problemfile/FORMAT.md) and prints the nodes to
launch, how full they are, the existing nodes that get pods, the pods that have
no place and why, the cost, a proven lower bound, and the gap between the two.
Without -time the result is the same on every run and machine.

With -types, -offerings, -spot or -prices the machines of these files, and not those
of the problem, can be bought; see pricing/README.md.

Exit status: 0 for a plan, 1 for bad input, 2 where -verify finds a fault.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the flags, and the file.
type options struct {
	supply cli.Supply
	solver solver.Solver
	time   *time.Duration // nil: not limited
	verify bool
	plan   string // where to write the plan; "": nowhere
	steps  string // where to write the steps of its handover; "": nowhere
	path   string
}

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	c := cli.New("plan", about)
	c.Flags.Func("time", "search for at most this `duration` (0: print the first plan)", o.setTime)
	c.Flags.Int64Var(&o.solver.Work, "work", 0, "search for at most this many `ticks` (0: the default, negative: no limit)")
	c.Flags.BoolVar(&o.verify, "verify", false, "verify the plan and its bound")
	c.Flags.StringVar(&o.plan, "plan", "", "write the plan to this `file`")
	c.Flags.StringVar(&o.steps, "handover", "", "write to this `file` the steps in which the plan is handed over to kube-scheduler")
	o.supply.Flags(c.Flags)
	if done, code := c.Parse(args, 1, stdout, stderr); done {
		return code
	}
	o.path = c.Flags.Arg(0)

	p, err := cli.ReadProblem(o.path)
	if err == nil {
		err = o.supply.Replace(&p, c, stderr)
	}
	if err != nil {
		return c.Fail(stderr, err)
	}
	start := time.Now()
	plan, err := o.solve(p)
	if err != nil {
		return c.Fail(stderr, fmt.Errorf("%s: %w", o.path, err))
	}
	return o.finish(c, p, plan, time.Since(start), stdout, stderr)
}

// finish verifies, prints and writes the plan as o says.
func (o *options) finish(c *cli.Command, p binpack.Problem, plan binpack.Plan, took time.Duration, stdout, stderr io.Writer) int {
	r, err := newResult(cli.ProblemName(o.path), p, plan, took)
	if err != nil {
		return c.Fail(stderr, fmt.Errorf("%s: %w", o.path, err))
	}
	var refuted error
	if o.verify {
		refuted = errors.Join(verify.Plan(context.Background(), p, plan), verify.Bound(context.Background(), p, plan))
		verified := refuted == nil
		r.Verified = &verified
	}
	if c.Format == cli.JSON {
		err = cli.WriteJSON(stdout, r)
	} else {
		err = writeTable(stdout, p, plan, r)
	}
	if err == nil && o.plan != "" {
		err = cli.WritePlan(o.plan, p, plan)
	}
	if err == nil && o.steps != "" {
		err = writeHandover(o.steps, p, plan)
	}
	switch {
	case err != nil:
		return c.Fail(stderr, err)
	case refuted != nil:
		c.Fail(stderr, fmt.Errorf("%s: the plan is wrong: %w", o.path, refuted))
		return cli.Refuted
	}
	return cli.OK
}

func (o *options) setTime(text string) error {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = errors.New("is negative")
	}
	o.time = &d
	return err
}

// solve solves p within the limits of o. A time limit alone lifts the limit of
// work.
func (o *options) solve(p binpack.Problem) (binpack.Plan, error) {
	ctx, solver := context.Background(), o.solver
	if o.time == nil {
		return solver.Solve(ctx, p)
	}
	if *o.time == 0 {
		for plan, err := range solver.Plans(ctx, p) {
			return plan, err
		}
	}
	if solver.Work == 0 {
		solver.Work = -1
	}
	ctx, cancel := context.WithTimeout(ctx, *o.time)
	defer cancel()
	return solver.Solve(ctx, p)
}
