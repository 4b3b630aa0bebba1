// Command compare plans for the same pods with Stowage and with Karpenter's own scheduler,
// one after the other on this machine, and prints a Markdown table.
//
//	go run ./compare [-types FILE] [-pods N] [-minvalues N] [-time D]
//
// The pool is an ordinary one: linux, x86_64, families c, m and r of generations 5 to 7, at
// most 32 vCPUs, spot and on demand, with three daemons, on the catalog of the KWOK provider
// (kwok/examples/aws_instance_types.json of the module sigs.k8s.io/karpenter). Times are of
// the processor, so that other work on the machine does not count.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	kwokoptions "sigs.k8s.io/karpenter/kwok/options"
	"sigs.k8s.io/karpenter/pkg/operator/injection"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/test"
)

func main() {
	types := flag.String("types", "", "file of instance types, as the KWOK provider reads them; empty: the one of the module")
	pods := flag.Int("pods", 1000, "how many pods")
	only := flag.Int("minvalues", -1, "minValues on the instance type; -1: without, and with 5")
	limit := flag.Duration("time", time.Second, "how long a plan is searched for")
	flag.Parse()
	if err := run(*types, *pods, *only, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(file string, pods, only int, limit time.Duration) error {
	ctx := log.IntoContext(injection.WithControllerName(context.Background(), "provisioner"), logr.Discard())
	ctx = options.ToContext(ctx, test.Options())
	if file == "" {
		dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/karpenter").Output()
		if err != nil {
			return fmt.Errorf("where the module sigs.k8s.io/karpenter is: %w", err)
		}
		file = filepath.Join(strings.TrimSpace(string(dir)), "kwok/examples/aws_instance_types.json")
	}
	all, err := kwok.ConstructInstanceTypes((&kwokoptions.Options{InstanceTypesFilePath: file}).ToContext(ctx))
	if err != nil {
		return err
	}
	var rows []row
	least := []int{0, 5}
	if only >= 0 {
		least = []int{only}
	}
	for _, minValues := range least {
		for _, shapes := range []int{39, pods} {
			r, err := measure(ctx, scene(all, pods, shapes, minValues), limit)
			if err != nil {
				return err
			}
			r.name = fmt.Sprintf("%d of %d shapes", pods, shapes)
			if minValues > 0 {
				r.name += fmt.Sprintf(", minValues %d", minValues)
			}
			rows = append(rows, r)
		}
	}
	fmt.Print(table(limit, rows))
	return nil
}

// table returns the rows in Markdown.
func table(limit time.Duration, rows []row) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "| pods | offerings | translated ms | first plan ms | its cost | after %s | bound | nodes | claims ms | Karpenter | nodes | ms | ratio | left (S / K) |\n", limit)
	b.WriteString("| --- |" + strings.Repeat(" ---: |", 13) + "\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.0f | %.3f | %.3f | %.3f | %d | %.0f | %.3f | %d | %.0f | %.3f | %d / %d |\n", r.name, r.offerings,
			ms(r.translated), ms(r.first), r.firstCost.USD(), r.plan.Cost.USD(), r.plan.LowerBound.USD(), len(r.plan.Launches), ms(r.claims),
			r.karpenter.cost, r.karpenter.nodes, ms(r.karpenter.took), r.plan.Cost.USD()/r.karpenter.cost, r.left, r.karpenter.left)
	}
	return b.String()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
