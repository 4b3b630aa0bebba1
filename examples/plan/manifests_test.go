package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/examples/internal/cli"
)

// TestManifests prints a plan for a folder of manifests.
func TestManifests(t *testing.T) {
	out, errs := plan(t, 0, "-f", "testdata/shop", "-daemons", "eks", "-work", "2000000", "-verify", "-alternatives", "2")
	require.Empty(t, errs)
	golden(t, "shop.txt", out)

	out, errs = plan(t, 0, "-f", "testdata/shop", "-daemons", "eks", "-work", "2000000", "-o", "json")
	require.Empty(t, errs)
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &fields))
	delete(fields, "solveSeconds")
	text, err := json.MarshalIndent(fields, "", "  ")
	require.NoError(t, err)
	golden(t, "shop.json", string(text)+"\n")
}

// TestInflate has the costs that the workshop's example is known to have.
func TestInflate(t *testing.T) {
	for replicas, cost := range map[int]string{5: "0.096", 15: "0.211", 50: "0.504", 200: "1.86"} {
		out, _ := plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-region", "us-west-2",
			"-replicas", fmt.Sprintf("inflate=%d", replicas), "-verify", "-o", "json")
		var r result
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Equal(t, cost, r.Cost.String())
		require.True(t, r.Optimal)
		require.True(t, *r.Verified)
	}
}

// TestOneNode has the page's node.
func TestOneNode(t *testing.T) {
	out, _ := plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-zones", "us-west-2b,us-west-2c", "-region", "us-west-2", "-o", "json")
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, []launched{{
		offering: offering{InstanceType: "m5.large", Zone: "us-west-2b", CapacityType: "on-demand"}, Pool: "default", Price: "0.096", Count: 1,
		Pods: []placement{{"Deployment other/inflate", 5}},
	}}, r.Launches)
}

// TestStandardInput reads what is piped into the command.
func TestStandardInput(t *testing.T) {
	text, err := os.ReadFile("../inflate/inflate.yaml")
	require.NoError(t, err)
	o := options{manifests: manifests{paths: []string{"testdata/inflate-pool.yaml", "-"}}}
	in, err := o.read(strings.NewReader(string(text)), cli.New("plan", about), io.Discard)
	require.NoError(t, err)
	require.Equal(t, "inflate-pool.yaml, -", in.name)
	require.Equal(t, 5, in.problem.Workloads[0].Replicas)
}

// TestCharge has a charge for each node beside the cost.
func TestCharge(t *testing.T) {
	out, _ := plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-node-charge", "0.01", "-verify", "-o", "json")
	require.Contains(t, out, `"cost": 0.096,`)
	require.Contains(t, out, `"charge": 0.01,`)
	require.Contains(t, out, `"lowerBound": 0.106,`)
	out, _ = plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-node-charge", "0.01")
	require.Contains(t, out, "cost         0.096 USD/h\ncharge       0.01 USD/h\nlower bound  0.106 USD/h\n")
	_, errs := plan(t, 1, "-node-charge", "0.01", "-plan", "x", leftovers)
	require.Equal(t, "plan: -plan goes without -node-charge: a plan file has no charge\n", errs)
}

// TestSettings passes the settings of the solver on.
func TestSettings(t *testing.T) {
	var o options
	for name, set := range map[string]func(string) error{"preferences": o.setPreferences, "risk": o.setRisk, "gap": o.setGap, "alternatives": o.setAlternatives} {
		require.Error(t, set("some"), name)
		require.Error(t, set("-1"), name)
	}
	require.NoError(t, o.setPreferences("ignore"))
	require.Equal(t, solver.IgnorePreferences, o.solver.Preferences)
	require.NoError(t, o.setPreferences("respect"))
	require.Equal(t, solver.RespectPreferences, o.solver.Preferences)
	require.NoError(t, o.setPreferences("0.001"))
	require.NoError(t, o.setRisk("offering=0.5,zone=0.4,alternatives=2,price=1.5,cost=0.1"))
	require.NoError(t, o.setGap("0.02"))
	require.NoError(t, o.setAlternatives("3"))
	require.Equal(t, solver.Solver{
		Preferences: solver.PricePreferences, PreferencePrice: 1_000_000, Gap: 0.02, Alternatives: 3,
		Risk: solver.Risk{OfferingShare: 0.5, ZoneShare: 0.4, Alternatives: 2, PriceFactor: 1.5, ExtraCost: 0.1},
	}, o.solver)

	out, _ := plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-replicas", "inflate=10", "-work", "100000", "-risk", "zone=0.5,alternatives=3")
	require.Contains(t, out, "risk         as asked\n")
}

// TestProblemFile writes manifests as a problem file; its plan is the same.
func TestProblemFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "problem.json")
	first, _ := plan(t, 0, "-f", "testdata/inflate-pool.yaml", "-f", "../inflate/inflate.yaml", "-problem", path, "-o", "json")
	second, _ := plan(t, 0, "-o", "json", path)
	var a, b result
	require.NoError(t, json.Unmarshal([]byte(first), &a))
	require.NoError(t, json.Unmarshal([]byte(second), &b))
	require.Equal(t, a.Cost, b.Cost)
	require.Equal(t, a.ByType, b.ByType)
}

func TestBadManifests(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	broken := write("broken.yaml", "a: [\n---\nb: [\n")
	empty := t.TempDir()
	for _, tt := range []struct {
		args   []string
		stderr string
	}{
		{[]string{"-f", broken}, "plan: " + broken + ":1: document 1: did not find expected node content\nplan: " + broken + ":3: document 2: did not find expected node content\n"},
		{[]string{"none.yaml"}, "plan: open none.yaml: no such file or directory (manifests are read with -f)\n"},
		{[]string{"-f", "none.yaml"}, "plan: stat none.yaml: no such file or directory\n"},
		{[]string{"-f", empty}, "plan: " + empty + " has no *.yaml, *.yml or *.json\n"},
		{[]string{"-f", "testdata/shop", leftovers}, "plan: wants 0 arguments after the flags, not 1\n"},
		{[]string{"-replicas", "a=1", leftovers}, "plan: -replicas is about manifests: it goes with -f\n"},
		{[]string{"-replicas", "a", leftovers}, "plan: invalid value \"a\" for flag -replicas: is not like name=3\n"},
		{[]string{"-f", "testdata/shop", "-min-values-policy", "strict"}, "plan: invalid value \"strict\" for flag -min-values-policy: is neither Strict nor BestEffort\n"},
		{[]string{"-daemons", "aks", leftovers}, "plan: invalid value \"aks\" for flag -daemons: is not eks\n"},
		{[]string{"-f", "testdata/shop", "-replicas", "wob=1"}, "plan: replicas of \"wob\": there is no such workload among web, huge, db\n"},
		{[]string{"-f", "testdata/shop", "-region", "mars-1"}, "plan: region \"mars-1\": no on-demand prices of this region (there are cn-north-1, us-east-1, us-gov-east-1, us-gov-west-1, us-west-2)\n"},
	} {
		out, errs := plan(t, 1, tt.args...)
		require.Empty(t, out)
		require.Equal(t, tt.stderr, errs)
	}
}

// TestOneBadPod: what is wrong with one pod leaves that pod, with its path.
func TestOneBadPod(t *testing.T) {
	path := filepath.Join(t.TempDir(), "negative.yaml")
	require.NoError(t, os.WriteFile(path, []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, resources: {requests: {cpu: -1}}}]}\n"), 0o644))
	out, _ := plan(t, 0, "-f", path, "-f", "testdata/inflate-pool.yaml")
	require.Contains(t, out, "Invalid (spec.containers[0].resources.requests[cpu]: -1 is negative)")
}

// TestNotesOfPlan says of a daemon by the name of its file what the plan notes.
func TestNotesOfPlan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.yaml")
	require.NoError(t, os.WriteFile(path, []byte("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: ops}\n"+
		"spec: {selector: {}, template: {spec: {nodeSelector: {agent: here}, containers: [{name: c, resources: {requests: {cpu: 1}}}]}}}\n"), 0o644))
	const note = "DaemonSet ops/agent: daemon ops/agent selects by agent, "
	out, _ := plan(t, 0, "-f", path, "-f", "testdata/inflate-pool.yaml")
	require.Contains(t, out, "\nnote: "+note)
	out, _ = plan(t, 0, "-f", path, "-f", "testdata/inflate-pool.yaml", "-o", "json")
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Notes, 1)
	require.Contains(t, r.Notes[0], note)
}

// TestRegionOf infers the region from zones.
func TestRegionOf(t *testing.T) {
	for want, zones := range map[string][]string{
		"us-west-2": {"us-west-2a", "us-west-2c"},
		"us-east-1": nil,
	} {
		require.Equal(t, want, regionOf(zones, false))
	}
	require.Equal(t, usualRegion, regionOf([]string{"us-west-2a", "us-gov-east-1a"}, true))
	require.Equal(t, usualRegion, regionOf([]string{"eu-west-1a"}, false))
	require.Equal(t, "eu-west-1", regionOf([]string{"eu-west-1a"}, true))
}

func TestHelpShowsInvocations(t *testing.T) {
	out, _ := plan(t, cli.OK, "-h")
	require.Equal(t, 5, strings.Count(out, "      plan -f")+strings.Count(out, "| plan -f"))
	for _, word := range []string{"-replicas", "-region", "-zones", "-daemons", "-preferences", "-alternatives", "-risk", "-gap", "-node-charge", "aws-node (50m", "kube-proxy (100m"} {
		require.Contains(t, out, word)
	}
}
