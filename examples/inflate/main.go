// Inflate plans the main example of the EKS workshop's page on Karpenter: a
// deployment that is scaled up, and the nodes that it needs. Run it with -h
// for its flags.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/examples/internal/cli"
)

const about = `
Usage: inflate [-replicas N] [-without TYPE,TYPE] [-o table|json]

Plans the EKS workshop's deployment "inflate" (1Gi of memory each) for its node
pool "default" (c5.large, m5.large, r5.large or m5.xlarge, on-demand, in
us-west-2 at list prices), and prints the nodes as they would join the cluster:
what they have for pods, their labels, their pods, what they cost, and the proof
that no other nodes would cost less.

    inflate                                     the five pods of the page
    inflate -replicas 200                       and 200
    inflate -replicas 15 -without m5.large,r5.large -o json

Exit status: 0 for a plan, 1 for bad input.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	c := cli.New("inflate", about)
	d, err := deployment()
	if err != nil {
		return c.Fail(stderr, err)
	}
	w := workload(d)
	c.Flags.IntVar(&w.Replicas, "replicas", w.Replicas, "the `number` of pods")
	var without []string
	c.Flags.Func("without", "instance `types` to do without, with commas between", func(text string) error {
		without = strings.Split(text, ",")
		return nil
	})
	if done, code := c.Parse(args, 0, stdout, stderr); done {
		return code
	}
	if w.Replicas < 0 {
		return c.Fail(stderr, fmt.Errorf("-replicas: %d is negative", w.Replicas))
	}
	p, plan, err := solve(w, without)
	if err != nil {
		return c.Fail(stderr, err)
	}
	var all *binpack.Plan // with all types; nil: this is it
	if without != nil {
		_, best, err := solve(w, nil)
		if err != nil {
			return c.Fail(stderr, err)
		}
		all = &best
	}
	if c.Format == cli.JSON {
		err = cli.WriteJSON(stdout, newReport(d.Name, p, plan, all))
	} else {
		err = writeTable(stdout, p, plan, all)
	}
	if err != nil {
		return c.Fail(stderr, err)
	}
	return cli.OK
}

// solve plans the workload for the page's pool, without some instance types.
func solve(w binpack.Workload, without []string) (binpack.Problem, binpack.Plan, error) {
	types, err := market(without)
	if err != nil {
		return binpack.Problem{}, binpack.Plan{}, err
	}
	p := binpack.Problem{
		Workloads: []binpack.Workload{w},
		Pools:     []binpack.Pool{pool()},
		Catalog:   types,
	}
	plan, err := solver.Solve(context.Background(), p)
	return p, plan, err
}
