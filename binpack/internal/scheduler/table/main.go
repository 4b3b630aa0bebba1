// Command table hands plans of problem files over to the real kube-scheduler and, for
// comparison, lets it do as it likes with them and with Karpenter's. It prints one
// Markdown table.
//
//	go build -C ../karpenter -o /tmp/karpenter-plan ./plan
//	go run ./table -karpenter /tmp/karpenter-plan ../../testdata/problems/*.json
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
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/internal/scheduler"
	"github.com/stowage/stowage/binpack/problemfile"
)

func main() {
	karpenter := flag.String("karpenter", "", "`command` that reads a problem file and writes Karpenter's plan; \"\": without Karpenter")
	limit := flag.Duration("time", time.Second, "how long Stowage searches")
	orders := flag.Int("orders", 3, "random orders of the handover, beside the order of the file")
	alone := flag.Bool("alone", true, "also let the scheduler do as it likes")
	ways := flag.String("ways", "early once apart", "how nodes join")
	verbose := flag.Bool("v", false, "say on stderr which pods are not where they were planned")
	flag.Parse()
	t := table{stowage: scheduler.Stowage(*limit), orders: *orders, ways: *ways, alone: *alone, verbose: *verbose}
	if *karpenter != "" {
		t.karpenter = scheduler.Command(*karpenter)
	}
	fmt.Println("| problem | Karpenter on paper | paid | Stowage on paper | paid | handed over | what it took |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
	for _, file := range flag.Args() {
		if err := t.row(context.Background(), file); err != nil {
			fmt.Fprintf(os.Stderr, "table: %s: %v\n", file, err)
			os.Exit(1)
		}
	}
}

type table struct {
	stowage, karpenter scheduler.Planner
	orders             int
	ways               string
	alone, verbose     bool
}

func (t *table) row(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := problemfile.Read(f)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	cells := []string{name}
	for _, planner := range []scheduler.Planner{t.karpenter, t.stowage} {
		paper, paid := "–", "–"
		if planner != nil && t.alone {
			if paper, paid, err = onItsOwn(ctx, p, planner); err != nil {
				return err
			}
		}
		cells = append(cells, paper, paid)
	}
	handed, took, err := t.handOver(ctx, name, p)
	if err != nil {
		return err
	}
	fmt.Println("| " + strings.Join(append(cells, handed, took), " | ") + " |")
	return nil
}

// onItsOwn returns what a plan costs, and what is paid in the order of the file and in
// a random order: the scheduler does as it likes, and nodes are launched for the pods
// that it strands, until all run.
func onItsOwn(ctx context.Context, p binpack.Problem, planner scheduler.Planner) (paper, paid string, err error) {
	var costs []string
	for _, seed := range []uint64{0, 1} {
		r, err := scheduler.Simulate(ctx, p, planner, scheduler.Options{Seed: seed, Early: true})
		if err != nil {
			return "", "", err
		}
		if seed == 0 {
			paper = r.Planned.String()
		}
		costs = append(costs, r.Paid.String())
	}
	return paper, strings.Join(costs, " / "), nil
}

// handOver returns what is paid when Stowage's plans are handed over, and what that
// took, the worst of all runs; every run goes to stderr.
func (t *table) handOver(ctx context.Context, name string, p binpack.Problem) (paid, took string, err error) {
	var worst struct {
		took                        time.Duration
		extra                       float64
		stranded, off, bound, again int
		overfull, steps             int
	}
	for _, o := range runs(t.orders, t.ways) {
		began := time.Now()
		r, err := scheduler.Simulate(ctx, p, t.stowage, o)
		if err != nil {
			return "", "", err
		}
		fmt.Fprintf(os.Stderr, "%s %+v: %v, %.0f s\n", name, o, r, time.Since(began).Seconds())
		fates := r.Outcome.Count()
		if t.verbose {
			for _, pod := range r.Outcome.Pods {
				switch pod.Fate {
				case handover.AsPlanned, handover.ForRules, handover.TakenBack, handover.Unplanned:
				default:
					fmt.Fprintf(os.Stderr, "  %s: %s, planned on %q, is on %q, taken back %v %s\n", pod.Pod.Name, pod.Fate, pod.Planned, pod.Node, pod.Taken, pod.Detail)
				}
			}
		}
		if paid == "" {
			paid = r.Paid.String()
		}
		worst.took = max(worst.took, r.Took)
		worst.extra = max(worst.extra, float64(r.Paid-r.Planned)/max(float64(r.Planned), 1))
		worst.stranded = max(worst.stranded, r.Stranded)
		worst.off = max(worst.off, r.Off)
		worst.overfull = max(worst.overfull, r.Overfull)
		worst.steps = max(worst.steps, r.Steps)
		worst.bound = max(worst.bound, fates[handover.ForRules])
		worst.again = max(worst.again, fates[handover.TakenBack])
	}
	if worst.extra != 0 {
		paid += fmt.Sprintf(" (at worst %+.2f %%)", 100*worst.extra)
	}
	took = fmt.Sprintf("%.1f s, steps: %d; %d stranded, %d elsewhere, %d bound for rules, %d taken back",
		worst.took.Seconds(), worst.steps, worst.stranded, worst.off, worst.bound, worst.again)
	if worst.overfull > 0 {
		took += fmt.Sprintf(", %d overfull", worst.overfull)
	}
	return paid, took, nil
}

// runs returns the ways in which nodes join: early, before the scheduler begins; all at
// once; and apart, by 50 to 100 ms.
func runs(orders int, ways string) []scheduler.Options {
	var out []scheduler.Options
	for seed := range uint64(orders + 1) {
		for _, way := range strings.Fields(ways) {
			o := scheduler.Options{HandOver: true, Seed: seed}
			switch way {
			case "early":
				o.Early = true
			case "apart":
				o.Apart = 50*time.Millisecond + time.Duration(seed)*50*time.Millisecond/3
			}
			out = append(out, o)
		}
	}
	return out
}
