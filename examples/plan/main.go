// Plan answers what to launch, at what cost, and how far from the best that can
// be: for Kubernetes manifests, or for a problem file. Run it with -h for its
// flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the flags, and the file.
type options struct {
	supply    cli.Supply
	solver    solver.Solver
	prefers   bool           // a flag says what preferences are worth
	time      *time.Duration // nil: not limited
	verify    bool
	plan      string // where to write the plan; "": nowhere
	steps     string // where to write the steps of its handover; "": nowhere
	problem   string // where to write the problem; "": nowhere
	path      string // of a problem file; "": the manifests
	manifests manifests
}

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	c := cli.New("plan", about)
	o.manifests.addFlags(c.Flags)
	o.addFlags(c.Flags)
	if done, code := c.Parse(args, argumentsOf(args), stdout, stderr); done {
		return code
	}
	o.path = c.Flags.Arg(0)
	if err := o.check(c.Flags); err != nil {
		return c.Fail(stderr, err)
	}
	in, err := o.read(os.Stdin, c, stderr)
	if err != nil {
		return failAll(c, stderr, err)
	}
	if o.problem != "" {
		if err := writeProblem(o.problem, in.problem); err != nil {
			return c.Fail(stderr, err)
		}
	}
	start := time.Now()
	plan, err := o.search(&in, stderr)
	if err != nil {
		return failAll(c, stderr, in.explain(err))
	}
	return o.finish(c, in, plan, time.Since(start), stdout, stderr)
}

// finish verifies, prints and writes the plan as o says.
func (o *options) finish(c *cli.Command, in input, plan binpack.Plan, took time.Duration, stdout, stderr io.Writer) int {
	p := in.problem
	r, err := newResult(&in, plan, took)
	if err != nil {
		return c.Fail(stderr, in.explain(err))
	}
	if o.solver.Risk != (solver.Risk{}) {
		r.Risk = "as asked"
		if err := o.solver.Risk.Check(context.Background(), p, plan); err != nil {
			r.Risk = strings.ReplaceAll(err.Error(), "\n", "; ")
		}
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
		err = writeTable(stdout, &in, plan, r)
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
		c.Fail(stderr, in.explain(fmt.Errorf("the plan is wrong: %w", refuted)))
		return cli.Refuted
	}
	return cli.OK
}
