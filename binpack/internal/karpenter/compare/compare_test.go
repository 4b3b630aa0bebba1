package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

const problems = "../../../testdata/problems/"

// TestNeverDearer: Stowage places at least as many pods for at most the money,
// and what it calls a lower bound is not above Karpenter's cost.
func TestNeverDearer(t *testing.T) {
	for _, name := range []string{
		"seed4-inflate-5", "seed4-inflate-15", "seed4-inflate-50", "seed4-inflate-200",
		"c5m5r5-mix-100", "c5m5r5-mix-1000", "c5m5r5-openb-100", "c5m5r5-spotmix-1000",
		"constraints-selectors-200", "constraints-zonespread-100", "rules-taints-tolerations", "rules-existing-nodes", "rules-pool-values",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := read(problems + name + ".json")
			require.NoError(t, err)
			r, err := measure(p, []time.Duration{0}, 1)
			require.NoError(t, err)
			require.Zero(t, unplaced(&r.karpenter.Plan))
			require.Zero(t, unplaced(r.last()))
			require.LessOrEqual(t, r.last().Cost, r.karpenter.Plan.Cost)
			require.LessOrEqual(t, r.last().LowerBound, r.karpenter.Plan.Cost)
		})
	}
}

func TestTable(t *testing.T) {
	pod := &corev1.Pod{}
	other := &corev1.Pod{Spec: corev1.PodSpec{NodeSelector: map[string]string{"a": "b"}}}
	solved := row{
		name: "solved",
		problem: binpack.Problem{Pods: []*corev1.Pod{pod}, Workloads: []binpack.Workload{{Pod: other, Replicas: 2}, {Pod: pod, Replicas: 4}},
			Catalog: catalog.Catalog{{Name: "a"}, {Name: "b"}}, Pools: []binpack.Pool{{Catalog: catalog.Catalog{{Name: "b"}, {Name: "c"}}}},
			Quotas: []binpack.Quota{{}}, Existing: make([]binpack.ExistingNode, 1)},
		karpenter: karpenter.Result{Plan: binpack.Plan{Cost: 4 * catalog.USD, Launches: make([]binpack.Launch, 2)}, OnExisting: 5, Time: 1500 * time.Millisecond},
		broken:    []string{"2 × QuotaReached"},
		first:     time.Millisecond,
	}
	solved.stowage = []solution{
		{binpack.Plan{Cost: 4 * catalog.USD, LowerBound: 2 * catalog.USD}, time.Second},
		{binpack.Plan{Cost: 3 * catalog.USD, LowerBound: 3 * catalog.USD, Status: binpack.Optimal,
			Nominations: []binpack.Nomination{{Pods: []binpack.Placement{{Pod: pod, Count: 1}, {Pod: other, Count: 2}}}}}, 2 * time.Second},
	}
	unsupported := binpack.PoolReason{Reason: binpack.Unsupported, Detail: binpack.Detail{Path: "spec.priority"}}
	plan := binpack.Plan{Unschedulable: []binpack.Unschedulable{
		{Pod: pod, Count: 2, Reasons: []binpack.PoolReason{unsupported, {Reason: binpack.NodeAffinity}}},
		{Pod: other, Count: 1, Reasons: []binpack.PoolReason{unsupported}},
	}}
	left := row{name: "left", stowage: []solution{{plan: plan}, {plan: plan}}}
	require.Equal(t, "| problem | pods | shapes | types | Karpenter $/h | s | first plan ms | Stowage work limit $/h | bound | gap | s | Stowage 2s $/h | bound | gap | s | cost ratio | unplaced (K / S) |\n"+
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"+
		"| solved | 7 | 2 | 3 | 4.0000 | 1.500 | 1.00 | 4.0000 | 2.0000 | 50.00 % | 1.00 | 3.0000 | 3.0000 | 0.00 % | 2.00 | 0.7500 | 0 / 0 |\n"+
		"| left | 0 | 0 | 0 | 0.0000 | 0.000 | 0.00 | 0.0000 | 0.0000 | 0.00 % | 0.00 | 0.0000 | 0.0000 | 0.00 % | 0.00 | – | 0 / 3 |\n"+
		"\n- Stowage work limit: gap 25.00 % at the median, 50.00 % at most; 0 of 2 plans proven optimal; cost ratio 1.0000 at the median, 1.0000 at least; 0 plans dearer than Karpenter's; the longest search took 1.00 s.\n"+
		"- Stowage 2s: gap 0.00 % at the median, 0.00 % at most; 1 of 2 plans proven optimal; cost ratio 0.7500 at the median, 0.7500 at least; 0 plans dearer than Karpenter's; the longest search took 2.00 s.\n"+
		"- solved: Karpenter ignores quotas.\n"+
		"- solved: Karpenter's plan breaks 2 × QuotaReached.\n"+
		"- solved: on existing nodes are 5 pods of Karpenter's plan, 3 of Stowage's.\n"+
		"- left: Stowage does not model spec.priority yet.\n", table([]time.Duration{0, 2 * time.Second}, []row{solved, left}))
}

func TestDurations(t *testing.T) {
	limits, err := durations("0s,1s,10s")
	require.NoError(t, err)
	require.Equal(t, []time.Duration{0, time.Second, 10 * time.Second}, limits)
	for _, bad := range []string{"", "1", "-1s", "1s,"} {
		_, err := durations(bad)
		require.ErrorContains(t, err, "is no time", bad)
	}
}

func TestBrokenRules(t *testing.T) {
	require.Empty(t, brokenRules(nil))
	require.Equal(t, []string{"2 × HostPort", "1 × PoolLimit"}, brokenRules(errors.Join(
		&verify.Violation{Reason: binpack.HostPort}, &verify.Violation{Reason: binpack.PoolLimit}, &verify.Violation{Reason: binpack.HostPort})))
}

func TestBadInput(t *testing.T) {
	_, err := measureAll([]string{"missing.json"}, nil, 1)
	require.ErrorContains(t, err, "missing.json")
	_, err = measureAll([]string{"main.go"}, nil, 1)
	require.ErrorContains(t, err, "main.go")
}
