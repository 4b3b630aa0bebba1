// Command compare gives problem files to Karpenter and to Stowage, one after the
// other on this machine, and prints one Markdown table of both.
//
//	go run ./compare [-time D] [-batches N] PROBLEM.json...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/problemfile"
)

func main() {
	limit := flag.Duration("time", 0, "most time that Stowage searches; 0: its own work limit decides")
	batches := flag.Int("batches", 1, "most batches of Karpenter: what one leaves over the next tries again")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "compare [-time D] [-batches N] PROBLEM.json...")
		flag.PrintDefaults()
	}
	flag.Parse()
	rows, err := measureAll(flag.Args(), *limit, *batches)
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	fmt.Print(table(rows))
}

func measureAll(files []string, limit time.Duration, batches int) ([]row, error) {
	var rows []row
	for _, file := range files {
		p, err := read(file)
		if err != nil {
			return nil, err
		}
		r, err := measure(p, limit, batches)
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

// measure solves p by both.
func measure(p binpack.Problem, limit time.Duration, batches int) (row, error) {
	r := row{problem: p}
	ctx := context.Background()
	var err error
	if r.karpenter, err = karpenter.Solve(ctx, p, batches); err != nil {
		return row{}, err
	}
	r.broken = brokenRules(binpack.Verify(p, r.karpenter.Plan))
	if r.first, err = firstPlan(ctx, p); err != nil {
		return row{}, err
	}
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	start := time.Now()
	r.stowage, err = binpack.Solve(ctx, p)
	r.total = time.Since(start)
	return r, err
}

// firstPlan returns how long Stowage takes to its first plan, from the Problem
// as it was read.
func firstPlan(ctx context.Context, p binpack.Problem) (time.Duration, error) {
	start := time.Now()
	for _, err := range (binpack.Solver{}).Plans(ctx, p) {
		return time.Since(start), err
	}
	return 0, fmt.Errorf("no plan")
}
