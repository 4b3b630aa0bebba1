// Compare prints what all rounds of a simulated Cluster Autoscaler together cost, by who
// chooses the group, beside the whole plan:
//
//	go run ./compare [-drawn 50] [-steps N] PROBLEM.json ...
//
// Problems with quotas or existing nodes are left out, and so are the weights of pools:
// groups have none. Each outcome is judged by verify.Plan.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/simulate"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// comparison is what is asked for, and what was found.
type comparison struct {
	loop    simulate.Loop
	chooser choose.Chooser
	work    int64
	out     io.Writer
	ratios  []float64
	dearer  []string
	slowest time.Duration
}

func run(args []string, out io.Writer) error {
	c := comparison{out: out}
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	drawn := f.Int("drawn", 0, "draw this `number` of clusters too")
	f.BoolVar(&c.loop.Balance, "balance", false, "similar groups are balanced")
	f.BoolVar(&c.loop.Salvo, "salvo", false, "several groups in a loop")
	f.IntVar(&c.loop.Round, "max-nodes-per-scaleup", 0, "most nodes of a round")
	f.Int64Var(&c.work, "work", 10_000_000, "most `ticks` for the whole plan that is compared with")
	f.Int64Var(&c.chooser.Work, "chooser-work", 0, "most `ticks` for the plan of an answer")
	f.Int64Var(&c.chooser.Steps, "steps", 0, "most `steps` of the look-ahead of an answer")
	f.IntVar(&c.chooser.Width, "width", 0, "states that the look-ahead keeps")
	if err := f.Parse(args); err != nil {
		return err
	}
	fmt.Fprintln(out, "| problem | groups | whole plan | stowage | least-waste | price | most-pods | random | over the plan | rounds | left |")
	fmt.Fprintln(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, path := range f.Args() {
		p, err := read(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(p.Existing) > 0 || len(p.Quotas) > 0 {
			continue
		}
		if err := c.row(strings.TrimSuffix(filepath.Base(path), ".json"), p); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	c.summary("files")
	for seed := range *drawn {
		if err := c.row(fmt.Sprintf("drawn-%d", seed), simulate.Draw(uint64(seed))); err != nil {
			return fmt.Errorf("drawn %d: %w", seed, err)
		}
	}
	c.summary("drawn")
	return nil
}

func read(path string) (binpack.Problem, error) {
	f, err := os.Open(path)
	if err != nil {
		return binpack.Problem{}, err
	}
	defer f.Close()
	return problemfile.Read(f)
}

// row compares on one problem.
func (c *comparison) row(name string, p binpack.Problem) error {
	ctx := context.Background()
	w, err := simulate.NewWorld(p)
	if err != nil {
		return err
	}
	whole, err := solver.Solver{Work: c.work, Preferences: solver.IgnorePreferences}.Solve(ctx, w.Problem)
	if err != nil {
		return err
	}
	session := simulate.ByPlan(c.chooser)
	experts := []simulate.Expander{
		func(ctx context.Context, m *estimate.Model, o []estimate.Growth) (int, error) {
			start := time.Now()
			defer func() { c.slowest = max(c.slowest, time.Since(start)) }()
			return session(ctx, m, o)
		},
		simulate.Of(choose.LeastWaste), simulate.Of(choose.Price), simulate.Of(choose.MostPods), simulate.Random(1),
	}
	var results []simulate.Result
	for _, e := range experts {
		r, err := c.loop.Run(ctx, w, e)
		if err == nil {
			err = judge(ctx, w, r)
		}
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	return c.print(name, w, whole, results)
}

// judge lets verify.Plan judge an outcome.
func judge(ctx context.Context, w *simulate.World, r simulate.Result) error {
	if err := verify.Plan(ctx, w.Problem, r.Plan); err != nil {
		return errors.Join(errors.New("the simulation breaks rules"), err)
	}
	return nil
}

func (c *comparison) print(name string, w *simulate.World, whole binpack.Plan, results []simulate.Result) error {
	ours := results[0]
	ratio := ours.Cost.USD() / whole.Cost.USD()
	c.ratios = append(c.ratios, ratio)
	fmt.Fprintf(c.out, "| %s | %d | %s |", name, len(w.Groups), usd(whole.Cost))
	for _, r := range results {
		fmt.Fprintf(c.out, " %s%s |", usd(r.Cost), extra(r.Left-ours.Left))
	}
	fmt.Fprintf(c.out, " %+.1f %% | %d | %d |\n", (ratio-1)*100, ours.Rounds, ours.Left)
	for _, r := range results[1:4] {
		if r.Left < ours.Left || r.Left == ours.Left && r.Cost < ours.Cost {
			c.dearer = append(c.dearer, name)
			break
		}
	}
	return nil
}

func usd(p catalog.Price) string { return fmt.Sprintf("%.3f", p.USD()) }

// extra notes that pods more are left.
func extra(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%+d left)", n)
}

// summary sums up the rows since the last one.
func (c *comparison) summary(what string) {
	if len(c.ratios) == 0 {
		return
	}
	slices.Sort(c.ratios)
	n := len(c.ratios)
	median := (c.ratios[(n-1)/2] + c.ratios[n/2]) / 2
	fmt.Fprintf(c.out, "\n%d %s: over the whole plan %.1f %% at the median, %.1f %% at most; dearer than the best of least-waste, price and most-pods: %d %v; slowest answer %.1f s\n\n",
		n, what, (median-1)*100, (c.ratios[n-1]-1)*100, len(c.dearer), c.dearer, c.slowest.Seconds())
	c.ratios, c.dearer = nil, nil
}
