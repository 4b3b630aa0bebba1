// Command classes solves drawn problems of each class of gen.Classes, and of one on all
// types of EC2, at the default work, beside Karpenter, and prints one row a class: how far costs may be from the optimum by
// their own certificates, and how many plans are dearer than Karpenter's first fit or leave
// more pods. Each plan and each bound is verified. Where Karpenter breaks a rule of the
// problem, or leaves more pods, its cost says nothing.
//
//	go run ./classes [-from SEED] [-seeds N] [-class REGEXP] [-work TICKS] [-v]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

func main() {
	from := flag.Uint64("from", 1, "the first seed")
	seeds := flag.Uint64("seeds", 5, "problems of each class")
	class := flag.String("class", "", "regular expression of the classes")
	work := flag.Int64("work", 0, "ticks of each search; 0: the default")
	verbose := flag.Bool("v", false, "print a line for each problem")
	flag.Parse()
	chosen, err := regexp.Compile(*class)
	if err != nil {
		fmt.Fprintln(os.Stderr, "classes:", err)
		os.Exit(2)
	}
	fmt.Print("| class | gap, median | p95 | worst | proven | cost ratio, median | dearer | worst | more left |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	all, err := classes()
	if err != nil {
		fmt.Fprintln(os.Stderr, "classes:", err)
		os.Exit(1)
	}
	for _, c := range all {
		if !chosen.MatchString(c.Name) {
			continue
		}
		var done []solved
		for seed := *from; seed < *from+*seeds; seed++ {
			s, err := measure(c.Draw(seed), *work)
			if err != nil {
				fmt.Fprintf(os.Stderr, "classes: %s, seed %d: %v\n", c.Name, seed, err)
				os.Exit(1)
			}
			if *verbose {
				fmt.Printf("%s %d: cost %.4f bound %.4f gap %.2f %% left %d; Karpenter %.4f left %d sound %v\n",
					c.Name, seed, s.plan.Cost.USD(), s.plan.LowerBound.USD(), 100*s.plan.Gap(), s.left, s.theirs.Cost.USD(), s.theirLeft, s.sound)
			}
			done = append(done, s)
		}
		fmt.Println(row(c.Name, done))
	}
}

// classes returns gen.Classes, and 1,000 pods of 150 shapes on all types of EC2.
func classes() ([]gen.Class, error) {
	machines, err := ec2.Options{Region: "us-west-2"}.Catalog()
	if err != nil {
		return nil, err
	}
	onDemand, err := prices.OnDemand("us-west-2")
	if err != nil {
		return nil, err
	}
	priced, _ := pricing.ApplyKnown(machines, onDemand)
	return append(gen.Classes(), gen.Class{Name: "no rules, 150 shapes on all types", Draw: func(seed uint64) binpack.Problem {
		p := gen.Mix(seed, 1_000, 150)
		p.Catalog = priced
		return p
	}}), nil
}

// A solved problem is Stowage's plan and Karpenter's.
type solved struct {
	plan, theirs    binpack.Plan
	left, theirLeft int
	sound           bool // Karpenter's plan keeps all rules
}

// measure solves p by both, and verifies what Stowage says.
func measure(p binpack.Problem, work int64) (solved, error) {
	ctx := context.Background()
	plan, err := solver.Solver{Work: work}.Solve(ctx, p)
	if err != nil {
		return solved{}, err
	}
	if err := verify.Plan(ctx, p, plan); err != nil {
		return solved{}, err
	}
	if err := verify.Bound(ctx, p, plan); err != nil {
		return solved{}, err
	}
	k, err := karpenter.Solve(ctx, p, 1)
	if err != nil {
		return solved{}, err
	}
	return solved{plan, k.Plan, left(&plan), left(&k.Plan), verify.Plan(ctx, p, k.Plan) == nil}, nil
}

func left(p *binpack.Plan) int {
	n := 0
	for _, u := range p.Unschedulable {
		n += u.Count
	}
	return n
}

// row says of the problems of one class how good their plans are.
func row(name string, all []solved) string {
	var gaps, ratios []float64
	proven, dearer, more := 0, 0, 0
	for _, s := range all {
		gaps = append(gaps, s.plan.Gap())
		if s.plan.Status == binpack.Optimal {
			proven++
		}
		if !s.sound {
			continue
		}
		if s.left > s.theirLeft {
			more++
		}
		if s.left == s.theirLeft && s.theirs.Cost > 0 {
			ratio := s.plan.Cost.USD() / s.theirs.Cost.USD()
			ratios = append(ratios, ratio)
			if ratio > 1 {
				dearer++
			}
		}
	}
	slices.Sort(gaps)
	slices.Sort(ratios)
	median, worst := "–", "–"
	if n := len(ratios); n > 0 {
		median, worst = fmt.Sprintf("%.3f", ratios[n/2]), fmt.Sprintf("%.3f", ratios[n-1])
	}
	n := len(gaps)
	return fmt.Sprintf("| %s | %.2f %% | %.2f %% | %.2f %% | %d of %d | %s | %d of %d | %s | %d |",
		name, 100*gaps[n/2], 100*gaps[(19*(n-1)+10)/20], 100*gaps[n-1], proven, n, median, dearer, len(ratios), worst, more)
}
