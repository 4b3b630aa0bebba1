package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
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

// fallback runs the command, which must exit with code.
func fallback(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	require.Equal(t, code, run(args, &out, &errs), errs.String())
	return out.String(), errs.String()
}

// problem returns the path of a problem that ships with the library.
func problem(name string) string {
	return filepath.Join("..", "..", "binpack", "testdata", "problems", name+".json")
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"half.txt":     {"-market", "testdata/half.json", problem("seed4-inflate-200")},
		"half.out":     {"-o", "json", "-market", "testdata/half.json", problem("seed4-inflate-200")},
		"nothing.txt":  {"-market", "testdata/nothing.json", problem("seed4-inflate-5")},
		"exposure.txt": {"-exposure", problem("seed4-inflate-15")},
		"exposure.out": {"-o", "json", "-exposure", problem("seed4-inflate-15")},
		"gke.txt":      {"-market", "testdata/gke-market.json", "-types", "../../catalog/catalogfile/testdata/gke.yaml", "../plan/testdata/gke.json"},
		"all.txt":      {"-market", "testdata/all.json", problem("seed4-inflate-15")},
	} {
		out, errs := fallback(t, 0, args...)
		require.Empty(t, errs)
		golden(t, name, out)
	}
}

// TestPlanFile writes what was launched: a plan of the problem.
func TestPlanFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	const name = "c5m5r5-openb-100"
	out, _ := fallback(t, 0, "-o", "json", "-time", "100ms", "-market", "testdata/half.json", "-plan", path, problem(name))
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, r.Pods, r.Placed)
	p, err := cli.ReadProblem(problem(name))
	require.NoError(t, err)
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	plan, err := problemfile.ReadPlan(f, p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.Equal(t, r.Cost, json.Number(plan.Cost.String()))
}

func TestBadInput(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte(`{"offerings": [{"left": -1}]}`), 0o600))
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"-market is missing", []string{problem("seed4-inflate-5")}},
		{"-time is negative", []string{"-time", "-1s", "-market", bad, problem("seed4-inflate-5")}},
		{"offerings[0].left: -1 is negative", []string{"-market", bad, problem("seed4-inflate-5")}},
		{"no such file", []string{"-market", "nowhere.json", problem("seed4-inflate-5")}},
		{"no such file", []string{"-market", bad, "nowhere.json"}},
		{"unknown field", []string{"-market", bad, bad}},
		{"wants 1 arguments", []string{"-market", bad}},
	} {
		out, errs := fallback(t, 1, tt.args...)
		require.Empty(t, out)
		require.Contains(t, errs, tt.want)
		require.Equal(t, 1, bytes.Count([]byte(errs), []byte("\n")), "one line")
	}
	out, _ := fallback(t, 0, "-h")
	require.Contains(t, out, "Usage: fallback")
}
