// Loop is a whole autoscaler against a fake cluster: it prints a table of ten rounds.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/stowage/stowage/binpack"
)

func main() {
	failing := flag.Float64("failing", 0, "share of requests that fail, besides those for what the cloud has not")
	flag.Parse()
	cloud := newHalcyon()
	cloud.failing = *failing
	if err := run(os.Stdout, cloud); err != nil {
		fmt.Fprintln(os.Stderr, "loop:", err)
		os.Exit(1)
	}
}

// run goes through all rounds, and prints them.
func run(w io.Writer, cloud *halcyon) error {
	dir, err := os.MkdirTemp("", "loop")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, err := problem()
	if err != nil {
		return err
	}
	c := newCluster(cloud, p.DaemonPods[0])
	a := autoscaler(c, p, filepath.Join(dir, "memory.json"))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "round\tpending\tkept\tlaunched\tfailed\tcoming\thanded over\tUSD/h\tleft\t")
	for round := 1; round <= rounds; round++ {
		next := c.now.Add(period)
		c.arrive(round)
		r, err := a.Round(context.Background())
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.3f\t%s\t\n", round, r.Pending, r.Kept, r.Launched, r.Failed, r.Coming, r.HandedOver,
			float64(r.Cost)/1e9, reasons(r.Left))
		if err := c.until(next); err != nil {
			return err
		}
	}
	return t.Flush()
}

func autoscaler(c *cluster, p binpack.Problem, memory string) *Autoscaler {
	return &Autoscaler{
		Client: c.client, Cloud: c.cloud, Problem: p, Memory: memory, Join: 5 * time.Minute, Clock: c.clock, Wait: c.wait, Work: 2_000_000,
	}
}

// reasons prints counts by reason.
func reasons(left map[binpack.Reason]int) string {
	var out []string
	for _, r := range slices.Sorted(maps.Keys(left)) {
		out = append(out, fmt.Sprintf("%d %s", left[r], r))
	}
	return cmp.Or(strings.Join(out, ", "), "-")
}
