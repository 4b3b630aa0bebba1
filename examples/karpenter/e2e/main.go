// Command e2e runs Karpenter with Stowage, and stock Karpenter, against a real API server
// and the real kube-scheduler, and prints what each pays.
//
//	go run . [-bin DIR] [-pods N] [-runs N] [-only ours|stock]
//
// It builds etcd, kube-apiserver and kube-scheduler from their Go modules into DIR first, which
// takes half an hour on two cores, once. Nothing else is downloaded. Nodes are made Ready here,
// as no kubelet does it; a pod that is bound counts as running.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	bin := flag.String("bin", filepath.Join(os.TempDir(), "stowage-e2e"), "folder of the programs; those that it has are not built again")
	pods := flag.Int("pods", 500, "how many pods, in five waves")
	runs := flag.Int("runs", 3, "how many runs of each")
	only := flag.String("only", "", "ours or stock; empty: both")
	flag.Parse()
	if err := all(context.Background(), *bin, *pods, *runs, *only); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
}

// programs are what is built: name, folder of the module, package.
var programs = [][3]string{
	{"etcd", ".", "go.etcd.io/etcd/server/v3"},
	{"kube-apiserver", ".", "k8s.io/kubernetes/cmd/kube-apiserver"},
	{"kube-scheduler", ".", "k8s.io/kubernetes/cmd/kube-scheduler"},
	{"ours", "..", "."},
	{"stock", "..", "sigs.k8s.io/karpenter/kwok"},
}

func build(bin string) error {
	for _, p := range programs {
		file := filepath.Join(bin, p[0])
		if _, err := os.Stat(file); err == nil {
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

func all(ctx context.Context, bin string, pods, runs int, only string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	if err := build(bin); err != nil {
		return err
	}
	fmt.Println("| planner | run | USD per hour | nodes | empty | launches | pods left | last pod after s | API requests |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i := range runs {
		for _, planner := range []string{"stock", "ours"} {
			if only != "" && only != planner {
				continue
			}
			r, err := one(ctx, bin, planner, pods)
			if err != nil {
				return fmt.Errorf("%s: %w", planner, err)
			}
			fmt.Printf("| %s | %d | %.4f | %d | %d | %d | %d | %.1f | %d |\n", planner, i+1, r.price, r.nodes, r.empty, r.launches, r.left, r.took.Seconds(), r.requests)
		}
	}
	return nil
}
