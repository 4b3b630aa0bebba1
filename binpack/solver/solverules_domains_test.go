package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestCompany: pods with required affinity come after whom they need. A machine holds
// 4 cpus, in zone a at 1 and in zone b at 2.
func TestCompany(t *testing.T) {
	zones := func(launches int) catalog.Catalog {
		return catalog.Catalog{scarce(launches, server("cheap", 4, 1, "a")), server("dear", 4, 2, "b")}
	}
	box := zones(0)
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append([]podRule{cpu("1")}, rules...)...)
	}
	db := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "db", append([]podRule{cpu("1")}, rules...)...)
	}
	rule(t, map[string]ruling{
		"by node":                              {asked(box, pods{web(1, near("db", keyNode)), db(1)}), "cheap a: 1 db 1 web"},
		"by node, more than a node holds":      {asked(box, pods{web(5, near("web", keyNode))}), "cheap a: 4 web; left: 1 web"},
		"by node, beside who takes the room":   {asked(box, pods{web(1, near("db", keyNode), cpu("2")), db(1, cpu("3"))}), "cheap a: 1 db; left: 1 web"},
		"by zone":                              {asked(box, pods{web(3, near("db", keyZone)), db(1, selecting(keyZone, "b"))}), "dear b: 1 db 3 web"},
		"by zone, where only one can be":       {asked(box, pods{web(3, near("db", keyZone), selecting(keyZone, "b")), db(1)}), "dear b: 1 db 3 web"},
		"by zone, where many are but one must": {asked(box, pods{web(3, near("db", keyZone), selecting(keyZone, "b")), db(5)}), "cheap a: 4 db; dear b: 1 db 3 web"},
		"by zone, where there is room":         {asked(zones(1), pods{web(8, near("web", keyZone))}), "dear b: 4 web; dear b: 4 web"},
		"by zone, where others come after the first": {asked(catalog.Catalog{server("m", 2, 1, "a", "b")}, pods{deployment(1, "web", cpu("1"), near("web", keyZone), selecting(keyZone, "a")), deployment(1, "web", cpu("1"), selecting(keyZone, "b"))}),
			"m a: 1 web; m b: 1 web"},
		"by zone, many":                     {asked(box, pods{web(60, near("web", keyZone), cpu("4"))}, quota("nodes", "60")), manyTimes("cheap a: 1 web", 60)},
		"with whom there is not":            {asked(box, pods{web(1, near("db", keyZone))}), "left: 1 web"},
		"with whom no node takes":           {asked(box, pods{web(1, near("db", keyZone)), db(1, cpu("5"))}), "left: 1 db, 1 web"},
		"with each other":                   {asked(box, pods{web(1, near("db", keyZone)), db(1, near("web", keyZone))}), "left: 1 db, 1 web"},
		"with each other, with one there":   {asked(box, pods{web(1, near("db", keyZone)), db(1, near("web", keyZone))}, up("node", 3, labelsOf(keyZone, "a"), db(1))), "node: 1 db 1 web"},
		"with each other, or their like":    {asked(box, pods{web(1, near("", keyZone, to(selectGroup("g"))), labelled("group", "g")), db(1, near("", keyZone, to(selectGroup("g"))), labelled("group", "g"))}), "cheap a: 1 db 1 web"},
		"in a chain":                        {asked(box, pods{deployment(1, "app", cpu("1"), near("web", keyZone)), web(1, near("db", keyZone)), db(1, selecting(keyZone, "b"))}), "dear b: 1 app 1 db 1 web"},
		"in a chain whose end is left":      {asked(box, pods{deployment(1, "app", cpu("1"), near("web", keyZone)), web(1, near("db", keyZone)), db(1, cpu("5"))}), "left: 1 app, 1 db, 1 web"},
		"two terms, one pod for both":       {asked(box, pods{web(1, near("db", keyZone), near("db", keyType)), db(1, selecting(keyZone, "b"))}), "dear b: 1 db 1 web"},
		"two terms, and no pod meets both":  {asked(box, pods{web(1, near("db", keyZone), near("app", keyZone)), db(1), deployment(1, "app", cpu("1"))}), "cheap a: 1 app 1 db; left: 1 web"},
		"on nodes that have all keys":       {asked(box, pods{web(1, near("db", keyZone), near("db", "rack")), db(1)}, ksPools(poolOf("p"), poolOf("racks", allowing("rack", "1"), limited("nodes", "1")))), "racks cheap a rack=1: 1 db 1 web"},
		"apart and together":                {asked(box, pods{web(2, near("db", keyZone), apart("web", keyNode)), db(1, cpu("3"), selecting(keyZone, "b"))}), "dear b: 1 db 1 web; dear b: 1 web"},
		"apart from each other's zone":      {asked(box, pods{web(2, apart("db", keyZone)), db(2)}), "cheap a: 2 db; dear b: 2 web"},
		"apart from who can be in one only": {asked(box, pods{web(2, apart("db", keyZone)), db(2, selecting(keyZone, "a"))}), "cheap a: 2 db; dear b: 2 web"},
		"apart, three in two zones":         {asked(box, pods{web(3, apart("web", keyZone))}), "cheap a: 1 web; dear b: 1 web; left: 1 web"},
		"less important, and no room beside all": {asked(catalog.Catalog{server("m", 3, 1, "a")}, pods{
			deployment(1, "app", cpu("1"), priority(9), near("", keyZone, to(selectGroup("g")))), web(1, priority(9), labelled("group", "g"), near("db", keyZone)), db(1, cpu("2"), labelled("group", "g")),
		}, ksPools(poolOf("p", limited("nodes", "1")))), "p m a: 1 db 1 web; left: 1 app"},
		"room for the owner, but no company": {asked(catalog.Catalog{server("m", 3, 1)}, pods{web(1, near("db", keyNode), cpu("3")), db(1)}, ksPools(poolOf("p", limited("nodes", "1")))), "p m: 1 db; left: 1 web"},
	})
}

func manyTimes(node string, n int) string {
	out := node
	for range n - 1 {
		out += "; " + node
	}
	return out
}

// TestSpreads: several constraints, and what other pods make of them.
func TestSpreads(t *testing.T) {
	zones := catalog.Catalog{server("cheap", 4, 1, "a"), server("dear", 4, 2, "b"), server("dearest", 4, 3, "c")}
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append([]podRule{cpu("1")}, rules...)...)
	}
	rule(t, map[string]ruling{
		"the cheapest zone has the odd one":     {asked(zones, pods{web(10, spread(keyZone, 1))}), "cheap a: 4 web; dear b: 3 web; dearest c: 3 web"},
		"a skew of three":                       {asked(zones, pods{web(5, spread(keyZone, 3))}), "cheap a: 3 web; dear b: 2 web"},
		"over the zones that it can be in":      {asked(zones, pods{web(4, spread(keyZone, 1), requiring(keyZone, "a", "b"))}), "cheap a: 2 web; dear b: 2 web"},
		"over zones that it cannot be in":       {asked(zones, pods{web(4, spread(keyZone, 1, affinityPolicy("Ignore")), requiring(keyZone, "a", "b"))}), "cheap a: 1 web; dear b: 1 web; left: 2 web"},
		"over zones that are sold out":          {asked(catalog.Catalog{zones[0], zones[1], ksSold(server("dearest", 4, 3), catalog.Offering{Zone: "c", Price: 3, Unavailable: true})}, pods{web(4, spread(keyZone, 1))}), "cheap a: 2 web; dear b: 2 web"},
		"over zones of tainted pools":           {asked(zones, pods{web(4, spread(keyZone, 1))}, ksPools(poolOf("p", allowing(keyZone, "a", "b")), poolOf("q", tainted(ksNoSchedule("only", "x"))))), "p cheap a: 1 web; p dear b: 1 web; left: 2 web"},
		"but not of those whose taints count":   {asked(zones, pods{web(4, spread(keyZone, 1, taintsPolicy("Honor")))}, ksPools(poolOf("p", allowing(keyZone, "a", "b")), poolOf("q", tainted(ksNoSchedule("only", "x"))))), "p cheap a: 2 web; p dear b: 2 web"},
		"too few domains":                       {asked(zones, pods{web(7, spread(keyZone, 1, minDomains(4)))}), "cheap a: 1 web; dear b: 1 web; dearest c: 1 web; left: 4 web"},
		"of other pods":                         {asked(zones, pods{web(3, spread(keyZone, 1, of(selectApp("db"))))}), "cheap a: 3 web"},
		"of others too":                         {asked(zones, pods{web(2, spread(keyZone, 1, of(selectGroup("g"))), labelled("group", "g")), deployment(1, "db", cpu("1"), labelled("group", "g"), selecting(keyZone, "a"))}), "cheap a: 1 db; dear b: 1 web; dearest c: 1 web"},
		"nowhere beside a key that no node has": {asked(zones, pods{web(1, spread(keyZone, 1), spread("rack", 1))}), "left: 1 web"},
		"two keys at once":                      {asked(zones, pods{web(4, spread(keyZone, 1), spread(keyNode, 1), requiring(keyZone, "a", "b"))}), "cheap a: 1 web; cheap a: 1 web; dear b: 1 web; dear b: 1 web"},
	})
}

// TestWhatIsUsedUpMakesNoDomain: a zone whose pool has used up its limit is none.
func TestWhatIsUsedUpMakesNoDomain(t *testing.T) {
	for used, placed := range map[string]int{"0": 4, "8": 3, "10": 4} { // 8 leave a node of 2, which holds one pod: with a spread of 1 there are 2 in the other zone
		w := replicas("a", 1500, 4)
		w.Pod.Labels = map[string]string{"app": "a"}
		w.Pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: problemtest.Apps("a"),
		}}
		cpus := func(n string) corev1.ResourceList {
			return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(n)}
		}
		p := binpack.Problem{Catalog: fewTypes(), Workloads: []binpack.Workload{w}, Pools: []binpack.Pool{
			{Name: "free", Requirements: problemtest.In(corev1.LabelTopologyZone, "a")},
			{Name: "used", Requirements: problemtest.In(corev1.LabelTopologyZone, "b"), Limits: cpus("10"), Used: cpus(used)},
		}}
		plan, err := solver.Solve(context.Background(), p)
		require.NoError(t, err)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		left := 0
		for _, u := range plan.Unschedulable {
			left += u.Count
		}
		require.Equal(t, placed, w.Replicas-left, used)
	}
}

// TestCompanyScaledToNone: pods that wait for those of a workload without replicas are left, and that no plan leaves fewer is
// proven.
func TestCompanyScaledToNone(t *testing.T) {
	p := asked(catalog.Catalog{server("cheap", 4, 1, "a")}, pods{
		deployment(2, "web", cpu("1"), near("db", keyZone)), deployment(0, "db", cpu("1")), deployment(1, "own", cpu("1")),
	})
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "cheap a: 1 own; left: 2 web", told(plan))
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
