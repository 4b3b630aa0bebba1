package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// rather prefers nodes with a label by so much.
func rather(weight int32, key string, values ...string) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).NodeAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution,
			corev1.PreferredSchedulingTerm{Weight: weight, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{problemtest.Requirement(key, "In", values...)}}})
	}
}

// wishes are problems in which preferences cost something. Machines have 2 cpus, at 1
// in zone a and at 3 in zone b.
func wishes() map[string]struct {
	problem              binpack.Problem
	respecting, careless string
} {
	zones := func(limit int) catalog.Catalog {
		dear := server("dear", 2, 3, "b")
		if limit > 0 {
			scarce(limit, dear)
		}
		return catalog.Catalog{server("cheap", 2, 1, "a"), dear}
	}
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu("1"))...)
	}
	soft := corev1.Taint{Key: "only", Effect: corev1.TaintEffectPreferNoSchedule}
	return map[string]struct {
		problem              binpack.Problem
		respecting, careless string
	}{
		"a zone":                       {asked(zones(0), pods{web(2, rather(1, keyZone, "b"))}), "dear b: 2 web", "cheap a: 2 web"},
		"a zone with too little room":  {asked(zones(1), pods{web(3, rather(1, keyZone, "b"))}), "cheap a: 1 web; dear b: 2 web", "cheap a: 1 web; cheap a: 2 web"},
		"a zone that is not there":     {asked(zones(0), pods{web(2, rather(1, keyZone, "c"))}), "cheap a: 2 web", "cheap a: 2 web"},
		"the weightier of two":         {asked(zones(0), pods{web(2, rather(9, keyZone, "b"), rather(5, keyZone, "a"))}), "dear b: 2 web", "cheap a: 2 web"},
		"two that weigh more than one": {asked(zones(0), pods{web(2, rather(9, keyZone, "b"), rather(5, keyZone, "a"), rather(5, keyType, "cheap"))}), "cheap a: 2 web", "cheap a: 2 web"},
		"what must be comes before":    {asked(zones(0), pods{web(2, rather(99, keyZone, "b"), selecting(keyZone, "a"))}), "cheap a: 2 web", "cheap a: 2 web"},
		"no taint":                     {asked(zones(0), pods{web(2)}, ksPools(poolOf("soft", tainted(soft), allowing(keyZone, "a")), poolOf("hard", allowing(keyZone, "b")))), "hard dear b: 2 web", "soft cheap a: 2 web"},
		"a taint or a zone":            {asked(zones(0), pods{web(2, rather(2, keyZone, "a"))}, ksPools(poolOf("soft", tainted(soft), allowing(keyZone, "a")), poolOf("hard", allowing(keyZone, "b")))), "soft cheap a: 2 web", "soft cheap a: 2 web"},
		"a taint that is tolerated":    {asked(zones(0), pods{web(2, tolerating("only", "Exists", "", ""))}, ksPools(poolOf("soft", tainted(soft), allowing(keyZone, "a")), poolOf("hard", allowing(keyZone, "b")))), "soft cheap a: 2 web", "soft cheap a: 2 web"},
		"spread":                       {asked(zones(0), pods{web(2, spread(keyZone, 1, anyway))}), "cheap a: 1 web; dear b: 1 web", "cheap a: 2 web"},
		"spread, as far as it goes":    {asked(zones(1), pods{web(6, spread(keyZone, 1, anyway))}), "cheap a: 2 web; cheap a: 2 web; dear b: 2 web", "cheap a: 2 web; cheap a: 2 web; cheap a: 2 web"},
		"apart":                        {asked(zones(0), pods{web(2, ratherApart("web", keyZone))}), "cheap a: 1 web; dear b: 1 web", "cheap a: 2 web"},
		"apart by node":                {asked(zones(0), pods{web(2, ratherApart("web", keyNode))}), "cheap a: 1 web; cheap a: 1 web", "cheap a: 2 web"},
		"apart, two of three":          {asked(zones(0), pods{web(3, ratherApart("web", keyZone))}), "cheap a: 2 web; dear b: 1 web", "cheap a: 1 web; cheap a: 2 web"},
		"near":                         {asked(zones(0), pods{web(1, ratherNear("db", keyZone)), deployment(1, "db", cpu("2"), selecting(keyZone, "b"))}), "dear b: 1 db; dear b: 1 web", "cheap a: 1 web; dear b: 1 db"},
		"near whom there is not":       {asked(zones(0), pods{web(1, ratherNear("nobody", keyZone))}), "cheap a: 1 web", "cheap a: 1 web"},
	}
}

// TestPreferences: a preference is worth any price, and is given up only by pods that
// could not be placed otherwise, one by one; or is worth nothing.
func TestPreferences(t *testing.T) {
	for name, w := range wishes() {
		t.Run(name, func(t *testing.T) {
			for policy, want := range map[solver.PreferencePolicy]string{solver.RespectPreferences: w.respecting, solver.IgnorePreferences: w.careless} {
				plan, err := solver.Solver{Work: solver.DefaultWork / 10, Preferences: policy}.Solve(context.Background(), w.problem)
				require.NoError(t, err)
				require.NoError(t, verify.Plan(context.Background(), w.problem, plan))
				require.NoError(t, verify.Bound(context.Background(), w.problem, plan))
				require.Equal(t, want, told(plan), "policy %d", policy)
			}
		})
	}
}

// TestPreferenceTakesADomain: pods that are spread over zones prefer one of them, and all keep apart by what all nodes
// share, so that one is placed. Of the nodes that are preferred alone a judge proves less: pods in the other zone would be on none.
func TestPreferenceTakesADomain(t *testing.T) {
	p := asked(catalog.Catalog{server("dear", 2, 4, "a"), server("cheap", 2, 1, "b")},
		pods{deployment(20, "web", cpu("1"), rather(1, keyZone, "a"), spread(keyZone, 2), apart("web", catalog.CapacityTypeLabel))})
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Len(t, plan.Launches, 1)
	require.Equal(t, "a", plan.Launches[0].Offering.Zone)
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
