// Command e2e runs Karpenter with Stowage, and stock Karpenter, against a real API server
// and the real kube-scheduler, and prints what each pays.
//
//	go run . [-bin DIR] [-pods N] [-runs N] [-only ours|stock] [-scarce N] [-lost N]
//
// One offering in -scarce has no capacity, the node of launch -lost never comes, and the
// planner is killed and started again in the third of five waves of pods. It builds etcd, kube-apiserver and kube-scheduler from their Go modules into DIR first, which
// takes half an hour on two cores, once. Nothing else is downloaded. Nodes are made Ready here,
// as no kubelet does it; a pod that is bound counts as running.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	bin := flag.String("bin", filepath.Join(os.TempDir(), "stowage-e2e"), "folder of the programs; those that it has are not built again")
	pods := flag.Int("pods", 500, "how many pods, in five waves")
	runs := flag.Int("runs", 3, "how many runs of each")
	only := flag.String("only", "", "ours or stock; empty: both")
	var m mishaps
	flag.IntVar(&m.scarce, "scarce", 3, "one offering in so many has no capacity; 0: all have")
	flag.IntVar(&m.lost, "lost", 3, "the node of this launch never comes; 0: all come")
	flag.DurationVar(&m.most, "wait", 20*time.Minute, "how long the last pods are waited for: Karpenter gives a node up that does not come after 15 minutes")
	flag.Parse()
	if err := all(context.Background(), *bin, *pods, *runs, *only, m); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
}

// programs are what is built: name, folder of the module, package.
var programs = [][3]string{
	{"etcd", ".", "go.etcd.io/etcd/server/v3"},
	{"kube-apiserver", ".", "k8s.io/kubernetes/cmd/kube-apiserver"},
	{"kube-scheduler", ".", "k8s.io/kubernetes/cmd/kube-scheduler"},
	{"trial", "..", "./trial"},
}

func build(bin string) error {
	for _, p := range programs {
		file := filepath.Join(bin, p[0])
		if _, err := os.Stat(file); err == nil && p[0] != "trial" {
			continue
		}
		cmd := exec.Command("go", "build", "-o", file, p[2])
		cmd.Dir, cmd.Stderr = p[1], os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("building %s: %w", p[0], err)
		}
	}
	return nil
}

func all(ctx context.Context, bin string, pods, runs int, only string, m mishaps) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	if err := build(bin); err != nil {
		return err
	}
	rows := map[string][]result{}
	fmt.Println("| planner | run | USD per hour | nodes | empty | launches | pods left | last pod after s | API requests |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i := range runs {
		for _, planner := range []string{"stock", "ours"} {
			if only != "" && only != planner {
				continue
			}
			r, err := one(ctx, bin, planner, pods, m)
			if err != nil {
				return fmt.Errorf("%s: %w", planner, err)
			}
			fmt.Printf("| %s | %d | %.4f | %d | %d | %d | %d | %.1f | %d |\n", planner, i+1, r.price, r.nodes, r.empty, r.launches, r.left, r.took.Seconds(), r.requests)
			rows[planner] = append(rows[planner], r)
		}
	}
	for _, planner := range slices.Sorted(maps.Keys(rows)) {
		fmt.Printf("%s: %.4f USD per hour on average\n", planner, average(rows[planner]))
	}
	return nil
}

func average(runs []result) float64 {
	sum := 0.0
	for _, r := range runs {
		sum += r.price
	}
	return sum / float64(len(runs))
}
