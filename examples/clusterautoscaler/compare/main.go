// Compare prints what all rounds of Cluster Autoscaler together cost, by expander.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/simulate"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := row(path); err != nil {
			fmt.Println(path, err)
		}
	}
	_ = flag.Int
	_ = rand.N[int]
	_ = cmp.Compare[int]
	_ = slices.Sort[[]int]
}

func row(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := problemfile.Read(f)
	if err != nil {
		return err
	}
	w, err := simulate.NewWorld(p)
	if err != nil {
		return err
	}
	ctx := context.Background()
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	p2 := w.Problem
	whole, err := solver.Solver{Work: 10_000_000}.Solve(ctx, p2)
	if err != nil {
		return err
	}
	fmt.Printf("%-28s g%-5d plan %9.3f (%d)", name, len(w.Groups), whole.Cost.USD(), unplaced(whole))
	for _, e := range []struct {
		n string
		e simulate.Expander
	}{{"waste", simulate.Of(choose.LeastWaste)}, {"price", simulate.Of(choose.Price)}, {"pods", simulate.Of(choose.MostPods)}, {"ours", simulate.ByPlan(choose.Chooser{})}} {
		t := time.Now()
		r, err := (simulate.Loop{}).Run(ctx, w, e.e)
		if err != nil {
			return err
		}
		v := verify.Plan(ctx, w.Problem, r.Plan)
		fmt.Printf("  %s %9.3f (%d) r%d", e.n, r.Cost.USD(), r.Left, r.Rounds)
		if v != nil {
			s := v.Error()
			fmt.Printf(" BAD[%.150s]", s)
		}
		if e.n == "ours" {
			fmt.Printf(" %.3f %v", r.Cost.USD()/whole.Cost.USD(), time.Since(t).Round(time.Millisecond))
		}
	}
	fmt.Println()
	return nil
}

func unplaced(p binpack.Plan) int {
	n := 0
	for _, u := range p.Unschedulable {
		n += u.Count
	}
	return n
}

var _ = estimate.Kind{}
