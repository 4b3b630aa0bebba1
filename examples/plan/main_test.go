package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/internal/cli"
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

// plan runs the command, which must exit with code.
func plan(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	require.Equal(t, code, run(args, &out, &errs), errs.String())
	return out.String(), errs.String()
}

// problem returns the path of a problem that ships with the library.
func problem(name string) string {
	return filepath.Join("..", "..", "binpack", "testdata", "problems", name+".json")
}

const leftovers = "testdata/leftovers.json"

func TestTable(t *testing.T) {
	for name, args := range map[string][]string{
		"inflate-200.txt": {"-verify", problem("seed4-inflate-200")},
		"leftovers.txt":   {leftovers},
	} {
		out, errs := plan(t, 0, args...)
		require.Empty(t, errs)
		golden(t, name, out)
	}
}

func TestJSON(t *testing.T) {
	out, errs := plan(t, 0, "-o", "json", "-verify", leftovers)
	require.Empty(t, errs)
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &fields))
	require.IsType(t, 0.5, fields["solveSeconds"])
	delete(fields, "solveSeconds") // the only one that differs from run to run
	require.Len(t, fields["leftOver"], 3)
	require.Equal(t, map[string]any{
		"name": "giant", "count": 2.0,
		"reasons": map[string]any{"general": "InsufficientResources", "batch": "UntoleratedTaint"},
		"details": map[string]any{
			"general": "asks for 64Gi of memory, the most on a new node is 15Gi (l.large in a)",
			"batch":   "spec.tolerations: dedicated=batch:NoSchedule",
		},
		"changes": map[string]any{
			"general": map[string]any{"path": "spec.containers[0].resources.requests[memory]", "value": "15Gi", "offering": "l.large in a"},
		},
	}, fields["leftOver"].([]any)[2])
	delete(fields, "leftOver")
	require.Len(t, fields["launches"], 3)
	require.Equal(t, map[string]any{
		"pool": "general", "instanceType": "s.large", "zone": "a", "capacityType": "on-demand", "price": 0.1, "count": 2.0,
		"pods": []any{map[string]any{"name": "web", "count": 2.0}},
	}, fields["launches"].([]any)[1])
	delete(fields, "launches")
	require.Equal(t, map[string]any{
		"name": "leftovers", "solver": "stowage", "pods": 13.0, "nodes": 4.0, "onExisting": 0.0, "unscheduled": 4.0,
		"cost": 0.43, "lowerBound": 0.43, "currency": "USD", "gap": 0.0, "optimal": true, "status": "optimal",
		"byType": map[string]any{"s.large": 3.0, "l.large": 1.0}, "verified": true,
	}, fields)

	out, _ = plan(t, 0, "-o", "json", leftovers)
	require.NotContains(t, out, "verified")
}

// TestExisting prints a plan that uses existing nodes and open keys. It is read
// from a file: what a solver would make of the problem is not the question.
func TestExisting(t *testing.T) {
	const path = "testdata/existing.json"
	p, err := cli.ReadProblem(path)
	require.NoError(t, err)
	text, err := os.ReadFile("testdata/existing-plan.json")
	require.NoError(t, err)
	plan, err := problemfile.ReadPlan(bytes.NewReader(text), p)
	require.NoError(t, err)
	for format, name := range map[cli.Format]string{cli.Table: "existing.txt", cli.JSON: "existing-result.json"} {
		var out, errs bytes.Buffer
		c := cli.New("plan", about)
		c.Format = format
		o := options{path: path}
		require.Equal(t, cli.OK, o.finish(c, input{problem: p, name: cli.ProblemName(path), path: path}, plan, time.Second, &out, &errs))
		require.Empty(t, errs.String())
		golden(t, name, out.String())
	}

	plan.Nominations[0].Node = nil
	var out, errs bytes.Buffer
	o := options{path: path}
	require.Equal(t, cli.BadInput, o.finish(cli.New("plan", about), input{problem: p, path: path}, plan, time.Second, &out, &errs))
	require.Equal(t, "plan: "+path+": Nominations[0].Node: is no node of the problem\n", errs.String())
}

func TestPlanFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	plan(t, 0, "-plan", path, leftovers)
	p, err := cli.ReadProblem(leftovers)
	require.NoError(t, err)
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	read, err := problemfile.ReadPlan(f, p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, read))
	require.NoError(t, verify.Bound(t.Context(), p, read))
	require.Equal(t, binpack.Optimal, read.Status)
}

// cost returns the cost of the plan that the command makes of a problem that
// takes some search.
func cost(t *testing.T, args ...string) float64 {
	t.Helper()
	out, _ := plan(t, 0, append(args, "-o", "json", "-verify", problem("c5m5r5-mix-100"))...)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	c, err := r.Cost.Float64()
	require.NoError(t, err)
	return c
}

func TestLimits(t *testing.T) {
	first := cost(t, "-time", "0")
	require.Equal(t, first, cost(t, "-time", "0"))
	require.LessOrEqual(t, cost(t, "-work", "1000000"), first)
	require.LessOrEqual(t, cost(t, "-work", "1000000", "-time", "1h"), first)
	require.LessOrEqual(t, cost(t, "-time", "100ms"), first)
}

func TestBadInput(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "bad.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	syntax, field, invalid := write("{"), write(`{"pod": []}`), write(`{"pods": [], "instanceTypes": [], "pools": [
		{"name": "a", "limits": {"cpu": "-1"}}, {"name": "b", "limits": {"cpu": "-2"}}]}`)
	for _, tt := range []struct {
		args   []string
		stderr string
	}{
		{nil, "plan: wants 1 arguments after the flags, not 0\n"},
		{[]string{"none.json"}, "plan: open none.json: no such file or directory\n"},
		{[]string{syntax}, "plan: " + syntax + ": not JSON: line 1: unexpected end of JSON input\n"},
		{[]string{field}, "plan: " + field + ": pod: unknown field\n"},
		{[]string{"-time", "-1s", leftovers}, "plan: invalid value \"-1s\" for flag -time: is negative\n"},
		{[]string{"-time", "soon", leftovers}, "plan: invalid value \"soon\" for flag -time: time: invalid duration \"soon\"\n"},
	} {
		out, errs := plan(t, 1, tt.args...)
		require.Empty(t, out)
		require.Equal(t, tt.stderr, errs)
	}
	_, errs := plan(t, 1, invalid)
	require.Regexp(t, `^plan: .*bad.json: Pools\[0\].*negative.* \(and 1 more\)\n$`, errs)

	_, errs = plan(t, 1, "-plan", filepath.Join(t.TempDir(), "no", "such", "folder"), leftovers)
	require.Contains(t, errs, "no such file or directory")
}

// A plan that is wrong is printed, and refuted.
func TestRefuted(t *testing.T) {
	p, err := cli.ReadProblem(leftovers)
	require.NoError(t, err)
	plan, err := solver.Solve(t.Context(), p)
	require.NoError(t, err)
	plan.LowerBound++

	for _, format := range []cli.Format{cli.Table, cli.JSON} {
		var out, errs bytes.Buffer
		c := cli.New("plan", about)
		c.Format = format
		o := options{verify: true, path: leftovers}
		require.Equal(t, cli.Refuted, o.finish(c, input{problem: p, path: leftovers}, plan, time.Second, &out, &errs))
		require.Regexp(t, `verified\W+false`, out.String())
		require.Contains(t, errs.String(), "plan: "+leftovers+": the plan is wrong: ")
		require.Equal(t, 1, bytes.Count(errs.Bytes(), []byte("\n")))
	}
}

func TestHelp(t *testing.T) {
	out, errs := plan(t, 0, "-h")
	require.Empty(t, errs)
	for _, word := range []string{"PROBLEM.json", "-time", "-work", "-verify", "-plan", "-o"} {
		require.Contains(t, out, word)
	}
}

func TestRequestsOf(t *testing.T) {
	list := func(cpu string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	}
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		InitContainers: []corev1.Container{{Resources: corev1.ResourceRequirements{Limits: list("3")}}},
		Containers: []corev1.Container{
			{Resources: corev1.ResourceRequirements{Requests: list("1"), Limits: list("8")}},
			{Resources: corev1.ResourceRequirements{Limits: list("500m")}},
		},
	}}
	requests := requestsOf(pod)
	require.Equal(t, "3", requests.Cpu().String(), "the init container asks for more than the two others")
	require.Equal(t, "1", requests.Pods().String())
	require.Nil(t, pod.Spec.Containers[1].Resources.Requests, "the pod is not modified")
}
