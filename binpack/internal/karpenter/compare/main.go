// Command compare gives problem files to Karpenter and to Stowage, one after the
// other on this machine, and prints one Markdown table of both, with Stowage's plans
// at several time limits side by side.
//
//	go run ./compare [-times D,D...] [-batches N] PROBLEM.json...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

func main() {
	times := flag.String("times", "1s,10s", "how long Stowage searches, one run for each; 0s: its own work limit decides")
	batches := flag.Int("batches", 1, "most batches of Karpenter: what one leaves over the next tries again")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "compare [-times D,D...] [-batches N] PROBLEM.json...")
		flag.PrintDefaults()
	}
	flag.Parse()
	limits, err := durations(*times)
	if err == nil {
		var rows []row
		if rows, err = measureAll(flag.Args(), limits, *batches); err == nil {
			fmt.Print(table(limits, rows))
			return
		}
	}
	fmt.Fprintln(os.Stderr, "compare:", err)
	os.Exit(1)
}

func durations(list string) ([]time.Duration, error) {
	var out []time.Duration
	for _, s := range strings.Split(list, ",") {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("-times: %q is no time", s)
		}
		out = append(out, d)
	}
	return out, nil
}

func measureAll(files []string, limits []time.Duration, batches int) ([]row, error) {
	var rows []row
	for _, file := range files {
		p, err := read(file)
		if err != nil {
			return nil, err
		}
		r, err := measure(p, limits, batches)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		r.name = strings.TrimSuffix(filepath.Base(file), ".json")
		rows = append(rows, r)
	}
	return rows, nil
}

func read(file string) (binpack.Problem, error) {
	f, err := os.Open(file)
	if err != nil {
		return binpack.Problem{}, err
	}
	defer f.Close()
	p, err := problemfile.Read(f)
	if err != nil {
		return binpack.Problem{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// measure solves p by both. A run that ends before its time is not made again with
// more.
func measure(p binpack.Problem, limits []time.Duration, batches int) (row, error) {
	r := row{problem: p}
	ctx := context.Background()
	var err error
	if r.karpenter, err = karpenter.Solve(ctx, p, batches); err != nil {
		return row{}, err
	}
	r.broken = brokenRules(verify.Plan(context.Background(), p, r.karpenter.Plan))
	if r.first, err = firstPlan(ctx, p); err != nil {
		return row{}, err
	}
	ended := false
	for i, limit := range limits {
		if ended {
			r.stowage = append(r.stowage, r.stowage[i-1])
			continue
		}
		s, err := solve(ctx, p, limit)
		if err != nil {
			return row{}, err
		}
		r.stowage = append(r.stowage, s)
		ended = s.plan.Status == binpack.Optimal
	}
	return r, nil
}

// solve runs Stowage for a time, or to its own work limit.
func solve(ctx context.Context, p binpack.Problem, limit time.Duration) (solution, error) {
	solver := solver.Solver{}
	if limit > 0 {
		solver.Work = -1
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	start := time.Now()
	plan, err := solver.Solve(ctx, p)
	return solution{plan, time.Since(start)}, err
}

// firstPlan returns how long Stowage takes to its first plan, from the Problem as it
// was read: the median of three.
func firstPlan(ctx context.Context, p binpack.Problem) (time.Duration, error) {
	var took []time.Duration
	for range 3 {
		start := time.Now()
		for _, err := range (solver.Solver{}).Plans(ctx, p) {
			if err != nil {
				return 0, err
			}
			break
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[1], nil
}
