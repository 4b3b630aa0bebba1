package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// inflate runs the command, which must exit with code.
func inflate(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	require.Equal(t, code, run(args, &out, &errs), errs.String())
	return out.String(), errs.String()
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"page.txt":      {},
		"page.json":     {"-o", "json"},
		"200.txt":       {"-replicas", "200"},
		"without.txt":   {"-without", "m5.large"},
		"none.txt":      {"-replicas", "0"},
		"limit.txt":     {"-replicas", "2000"},
		"no-large.json": {"-replicas", "15", "-without", "c5.large,r5.large", "-o", "json"},
	} {
		out, errs := inflate(t, 0, args...)
		require.Empty(t, errs)
		golden(t, name, out)
	}
}

// What the page shows, and what its deployment costs at other sizes.
func TestPage(t *testing.T) {
	out, _ := inflate(t, 0, "-o", "json")
	var r report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Nodes, 1)
	n := r.Nodes[0]
	require.Equal(t, []string{"default", "m5.large", "us-west-2a", "on-demand", "0.096"},
		[]string{n.Pool, n.InstanceType, n.Zone, string(n.CapacityType), n.Price.String()})
	allocatable := map[string]string{}
	for name, q := range n.Allocatable {
		allocatable[string(name)] = q.String()
	}
	require.Equal(t, map[string]string{
		"cpu": "1930m", "ephemeral-storage": "17Gi", "memory": "6903Mi", "pods": "29", "vpc.amazonaws.com/pod-eni": "9",
	}, allocatable)
	require.Equal(t, "karpenter", n.Labels["type"])
	require.Equal(t, "amd64", n.Labels["beta.kubernetes.io/arch"])
	require.Equal(t, []pods{{Name: "inflate", Count: 5}}, n.Pods)
}

func TestCosts(t *testing.T) {
	for replicas, cost := range map[int]string{0: "0", 5: "0.096", 15: "0.211", 50: "0.504", 200: "1.86"} {
		out, _ := inflate(t, 0, "-o", "json", "-replicas", fmt.Sprint(replicas))
		var r report
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Equal(t, cost, r.Cost.String(), replicas)
		require.Equal(t, cost, r.LowerBound.String(), replicas)
		require.True(t, r.Optimal, replicas)
		require.Equal(t, replicas, r.Pods)
		placed := 0
		for _, n := range r.Nodes {
			placed += n.Pods[0].Count * max(n.Count, 1)
		}
		require.Equal(t, replicas, placed)
	}
}

func TestWithout(t *testing.T) {
	out, _ := inflate(t, 0, "-without", "c5.large,m5.large")
	require.True(t, strings.HasPrefix(out, "1 × r5.large\n"), out)

	out, _ = inflate(t, 0, "-without", strings.Join(instanceTypes(), ","))
	require.Contains(t, out, "no place for 5 × inflate\n  default: ")
	require.Contains(t, out, "cost         0 USD/h\n")
}

// The bound of the page's plan can be proven again from its certificate.
func TestVerified(t *testing.T) {
	d, err := deployment()
	require.NoError(t, err)
	types, err := market(nil)
	require.NoError(t, err)
	p := binpack.Problem{Workloads: []binpack.Workload{workload(d)}, Pools: []binpack.Pool{pool()}, Catalog: types}
	plan, err := solver.Solve(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(t.Context(), p, plan))
}

func TestBadInput(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		stderr string
	}{
		{[]string{"-replicas", "-1"}, "inflate: -replicas: -1 is negative\n"},
		{[]string{"-replicas", "many"}, "inflate: invalid value \"many\" for flag -replicas: parse error\n"},
		{[]string{"-without", "m5.huge"}, "inflate: -without: \"m5.huge\" is none of the pool's types [c5.large m5.large r5.large m5.xlarge]\n"},
		{[]string{"-o", "xml"}, "inflate: invalid value \"xml\" for flag -o: is neither table nor json\n"},
		{[]string{"m5.large"}, "inflate: wants 0 arguments after the flags, not 1\n"},
	} {
		out, errs := inflate(t, 1, tt.args...)
		require.Empty(t, out)
		require.Equal(t, tt.stderr, errs)
	}
}

func TestHelp(t *testing.T) {
	out, errs := inflate(t, 0, "-h")
	require.Empty(t, errs)
	for _, word := range []string{"EKS workshop", "-replicas", "-without", "-o"} {
		require.Contains(t, out, word)
	}
}
