// Fallback launches a plan against a simulated market that does not have all that
// the plan wants. Run it with -h for its flags.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/examples/internal/cli"
)

const about = `
Usage: fallback [-o table|json] [-time DURATION] -market MARKET.json [-plan FILE] PROBLEM.json
       fallback [-o table|json] -exposure PROBLEM.json

Plans a problem file, and launches the plan against a simulated market, of which
the planner knows nothing. What the market has not is launched as something else:
the rest is planned again, with what has been launched, until every pod has a node
or nothing that is left can be launched. Prints what was tried, what failed, what
was launched instead and what that costs more.

MARKET.json is {"offerings": [{"instanceType", "zone", "capacityType", "left",
"error"}]}: what is left out matches all, the first entry that matches decides. Of
all that it matches together the first "left" launches succeed, then each is
answered with "error", a code of Amazon EC2 (InsufficientInstanceCapacity where
there is none). What no entry matches always succeeds.

With -exposure it launches nothing, and prints for each offering, instance type,
zone and capacity type of the plan what the best plan without it costs more.

    fallback -market examples/fallback/testdata/half.json binpack/testdata/problems/seed4-inflate-200.json
    fallback -market examples/fallback/testdata/half.json -o json binpack/testdata/problems/c5m5r5-mix-100.json
    fallback -exposure binpack/testdata/problems/seed4-inflate-200.json

Without -time the result is the same on every run and machine.

With -types, -offerings, -spot or -prices the machines of these files, and not those
of the problem, can be bought; see pricing/README.md.

Exit status: 0 for a result, also where pods are left over, 1 for bad input.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the flags.
type options struct {
	supply   cli.Supply
	time     time.Duration // of each search; 0: the default work
	market   string
	exposure bool
	plan     string // where to write what was launched; "": nowhere
}

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	c := cli.New("fallback", about)
	c.Flags.DurationVar(&o.time, "time", 0, "search for at most this `duration`, and a fifth of it whenever the rest is planned again (0: as long as the default work takes)")
	c.Flags.StringVar(&o.market, "market", "", "the market's `file`")
	c.Flags.StringVar(&o.plan, "plan", "", "write what was launched, with the pods, to this `file`")
	c.Flags.BoolVar(&o.exposure, "exposure", false, "print what the plan costs more without each thing that it launches")
	o.supply.Flags(c.Flags)
	if done, code := c.Parse(args, 1, stdout, stderr); done {
		return code
	}
	if err := o.run(c, c.Flags.Arg(0), stdout, stderr); err != nil {
		return c.Fail(stderr, err)
	}
	return cli.OK
}

func (o *options) run(c *cli.Command, path string, stdout, stderr io.Writer) error {
	switch {
	case o.market == "" && !o.exposure:
		return errors.New("-market is missing")
	case o.time < 0:
		return errors.New("-time is negative")
	}
	p, err := cli.ReadProblem(path)
	if err == nil {
		_, err = o.supply.Replace(&p, c, stderr)
	}
	if err != nil {
		return err
	}
	plan, err := o.solve(p)
	if err == nil && o.exposure {
		return o.writeExposures(c, p, plan, stdout)
	}
	if err == nil {
		err = o.launch(c, path, p, plan, stdout)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// launch launches the plan against the market, and prints what came of it.
func (o *options) launch(c *cli.Command, path string, p binpack.Problem, plan binpack.Plan, stdout io.Writer) error {
	market, err := readMarket(o.market)
	if err != nil {
		return err
	}
	clock := &clock{}
	runner := launch.Runner{
		Launcher: market, Fallbacks: []launch.Fallback{o.replan()},
		Parallelism: 1, Name: "fallback", Clock: clock.now, Sleep: clock.sleep,
	}
	outcome, err := runner.Run(context.Background(), p, plan)
	if err != nil {
		return err
	}
	r := newResult(cli.ProblemName(path), p, outcome)
	if c.Format == cli.JSON {
		err = cli.WriteJSON(stdout, r)
	} else {
		err = writeTable(stdout, r, outcome)
	}
	if err == nil && o.plan != "" {
		err = cli.WritePlan(o.plan, p, outcome.Plan())
	}
	return err
}

// replanDivisor: planning again takes 1/replanDivisor of the time, as there is a plan to start
// from.
const replanDivisor = 5

// replan returns what plans again.
func (o *options) replan() launch.Replan {
	r := launch.Replan{Most: o.time / replanDivisor}
	if o.time > 0 {
		r.Solver.Work = -1
	}
	return r
}

// solve makes the plan.
func (o *options) solve(p binpack.Problem) (binpack.Plan, error) {
	ctx := context.Background()
	if o.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.time)
		defer cancel()
	}
	return o.replan().Solver.Solve(ctx, p)
}

// A clock passes only when someone sleeps.
type clock struct{ passed time.Duration }

func (c *clock) now() time.Time { return time.Unix(0, 0).Add(c.passed) }

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.passed += d
	return nil
}

func readMarket(path string) (*launchtest.Market, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	market := &launchtest.Market{}
	if err := json.Unmarshal(data, market); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return market, nil
}
