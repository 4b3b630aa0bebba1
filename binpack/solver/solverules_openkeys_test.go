package solver_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestOpenKeys: a launch chooses values of keys that its pool requires and that
// nothing carries. Machines have 2 cpus.
func TestOpenKeys(t *testing.T) {
	const team, rack = "example.com/team", "example.com/rack"
	box := catalog.Catalog{server("m", 2, 1)}
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu("1"))...)
	}
	db := func(n int, rules ...podRule) binpack.Workload { return deployment(n, "db", append(rules, cpu("1"))...) }
	teams := poolOf("p", allowing(team, "a", "b"))
	not := func(values ...string) podRule { return nodeRule(problemtest.Requirement(team, "NotIn", values...)) }
	must := func(reqs ...corev1.NodeSelectorRequirement) func(*binpack.Pool) {
		return func(p *binpack.Pool) { p.Requirements = append(p.Requirements, reqs...) }
	}
	named := ksLabelled(server("named", 2, 9), team, "a")
	rule(t, map[string]ruling{
		"nobody asks":                          {asked(box, pods{web(2)}, ksPools(teams)), "p m " + team + "=a: 2 web"},
		"a value each":                         {asked(box, pods{web(1, selecting(team, "a")), db(1, selecting(team, "b"))}, ksPools(teams)), "p m " + team + "=a: 1 web; p m " + team + "=b: 1 db"},
		"a value for both":                     {asked(box, pods{web(1, selecting(team, "b")), db(1)}, ksPools(teams)), "p m " + team + "=b: 1 db 1 web"},
		"a value that is not allowed":          {asked(box, pods{web(1, selecting(team, "c"))}, ksPools(teams)), "left: 1 web"},
		"not a value":                          {asked(box, pods{web(1, not("a"))}, ksPools(teams)), "p m " + team + "=b: 1 web"},
		"none of the values":                   {asked(box, pods{web(1, not("a", "b"))}, ksPools(teams)), "left: 1 web"},
		"any value":                            {asked(box, pods{web(1, nodeRule(problemtest.Requirement(team, "Exists")))}, ksPools(teams)), "p m " + team + "=a: 1 web"},
		"no value":                             {asked(box, pods{web(1, nodeRule(problemtest.Requirement(team, "DoesNotExist")))}, ksPools(teams)), "left: 1 web"},
		"the pool excludes one":                {asked(box, pods{web(1)}, ksPools(poolOf("p", allowing(team, "a", "b"), must(problemtest.Requirement(team, "NotIn", "a"))))), "p m " + team + "=b: 1 web"},
		"the pool excludes all":                {asked(box, pods{web(1)}, ksPools(poolOf("p", allowing(team, "a"), must(problemtest.Requirement(team, "NotIn", "a"))))), "left: 1 web"},
		"the pool states two lists":            {asked(box, pods{web(1)}, ksPools(poolOf("p", allowing(team, "a", "b"), allowing(team, "c", "b")))), "p m " + team + "=b: 1 web"},
		"the pool wants numbers":               {asked(box, pods{web(1)}, ksPools(poolOf("p", allowing(team, "1", "7"), must(problemtest.Requirement(team, "Gt", "3"))))), "p m " + team + "=7: 1 web"},
		"NotIn alone is not open":              {asked(box, pods{web(1)}, ksPools(poolOf("p", must(problemtest.Requirement(team, "NotIn", "a"))))), "p m: 1 web"},
		"Exists is open":                       {asked(box, pods{web(1)}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"))))), "p m " + team + "=any: 1 web"},
		"Exists, and two who choose":           {asked(box, pods{web(1, selecting(team, "a")), db(1, selecting(team, "b"))}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"))))), "p m " + team + "=a: 1 web; p m " + team + "=b: 1 db"},
		"Exists, and one who does not care":    {asked(box, pods{web(1, selecting(team, "a")), db(1)}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"))))), "p m " + team + "=a: 1 db 1 web"},
		"Exists, but for one":                  {asked(box, pods{web(1, selecting(team, "a"))}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"), problemtest.Requirement(team, "NotIn", "a"))))), "left: 1 web"},
		"Exists, and one who wants another":    {asked(box, pods{web(1, selecting(team, "a")), db(1, not("a"))}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"))))), "p m " + team + "=a: 1 web; p m " + team + "=any: 1 db"},
		"Exists, and a choice of two":          {asked(box, pods{web(1, selecting(team, "b")), db(1, nodeRule(problemtest.Requirement(team, "In", "a", "b")))}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists"))))), "p m " + team + "=b: 1 db 1 web"},
		"a label of the pool is not open":      {asked(box, pods{web(1)}, ksPools(poolOf("p", bearing(team, "b"), allowing(team, "a", "b")))), "p m: 1 web"},
		"nor is a label of some type":          {asked(catalog.Catalog{box[0], named}, pods{web(1)}, ksPools(teams)), "p named: 1 web"},
		"even of another pool's":               {asked(box, pods{web(1)}, ksPools(teams, poolOf("q", selling(named)))), "q named: 1 web"},
		"nor are zones":                        {asked(box, pods{web(1)}, ksPools(poolOf("p", allowing(keyZone, "a")))), "left: 1 web"},
		"two keys":                             {asked(box, pods{web(1, selecting(rack, "2")), db(1, selecting(team, "b"))}, ksPools(poolOf("p", allowing(team, "a", "b"), allowing(rack, "1", "2")))), "p m " + rack + "=2 " + team + "=b: 1 db 1 web"},
		"an old name":                          {asked(box, pods{web(1, selecting("beta.kubernetes.io/arch", "arm64"))}, ksPools(poolOf("p", allowing(keyArch, "amd64", "arm64")))), "p m " + keyArch + "=arm64: 1 web"},
		"spread over the values":               {asked(box, pods{web(4, spread(team, 1))}, ksPools(teams)), "p m " + team + "=a: 2 web; p m " + team + "=b: 2 web"},
		"spread with a third value of another": {asked(box, pods{web(3, spread(team, 1))}, ksPools(teams, poolOf("q", bearing(team, "c")))), "p m " + team + "=a: 1 web; p m " + team + "=b: 1 web; q m: 1 web"},
		"spread where one value is full":       {asked(box, pods{web(4, spread(team, 1))}, ksPools(teams, poolOf("q", bearing(team, "c"), limited("nodes", "0")))), "p m " + team + "=a: 2 web; p m " + team + "=b: 2 web"},
		"spread beside a value of a pod there": {asked(box, pods{web(3, spread(team, 1))}, ksPools(poolOf("p", must(problemtest.Requirement(team, "Exists")))), up("full", 0, nil, db(1, selecting(team, "a")))), "p m " + team + "=any: 1 web; p m " + team + "=any: 2 web"},
		"apart by value":                       {asked(box, pods{web(3, apart("web", team))}, ksPools(teams)), "p m " + team + "=a: 1 web; p m " + team + "=b: 1 web; left: 1 web"},
		"together by value":                    {asked(box, pods{web(1, near("db", team)), db(1, selecting(team, "b"))}, ksPools(teams)), "p m " + team + "=b: 1 db 1 web"},
		"the price is shared":                  {asked(catalog.Catalog{scarce(1, server("m", 2, 1))}, pods{web(1, selecting(team, "a")), db(1, selecting(team, "b"))}, ksPools(teams)), "p m " + team + "=a: 1 web; left: 1 db"},
		"a quota sees no values":               {asked(box, pods{web(2, selecting(team, "a"))}, ksPools(teams), quota("nodes", "0", problemtest.Requirement(team, "In", "a"))), "p m " + team + "=a: 2 web"},
		"daemons of one value":                 {asked(box, pods{web(2)}, ksPools(teams), ksDaemons(deployment(1, "daemon", cpu("1"), selecting(team, "a")).Pod)), "p m " + team + "=b: 2 web"},
		"weights ask each value": {asked(box, pods{web(1, selecting(team, "b"))}, ksPools(poolOf("first", weighing(1), allowing(team, "b")), poolOf("last", allowing(team, "a", "b")))),
			"first m " + team + "=b: 1 web"},
	})
}

// nodeRule requires something of the node.
func nodeRule(reqs ...corev1.NodeSelectorRequirement) podRule {
	return func(p *corev1.Pod) {
		affinityOf(p).NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: reqs}}}
	}
}

// TestManyChoices: eleven keys of two values each, all selected by some pod, are more
// choices than are looked at one by one, whether the pool leaves them open or the type of
// the machine. Two nodes of 2 cpu hold all pods, if each has the right values; the bound is
// not above that, and the judge proves it.
func TestManyChoices(t *testing.T) {
	for name, ofType := range map[string]bool{"of the pool": false, "of a type": true} {
		t.Run(name, func(t *testing.T) {
			p := manyChoices(ofType)
			plan, err := quick.Solve(t.Context(), p)
			require.NoError(t, err)
			require.Empty(t, plan.Unschedulable)
			require.NoError(t, verify.Plan(t.Context(), p, plan))
			require.NoError(t, verify.Bound(t.Context(), p, plan))
			require.Positive(t, plan.LowerBound)
			require.LessOrEqual(t, plan.LowerBound, 2*p.Catalog[0].Offerings[0].Price)
		})
	}
}

// manyChoices returns the problem of TestManyChoices. Beside the machine with all keys there
// is a small one, which has none of its own.
func manyChoices(ofType bool) binpack.Problem {
	var p binpack.Problem
	p.Catalog = catalog.Catalog{server("m", 2, 1), server("small", 1, 0.9)}
	pool := binpack.Pool{Name: "p"}
	choices := map[string][]string{}
	for i := range 11 {
		key := fmt.Sprint("example.com/key-", i)
		choices[key] = []string{"a", "b"}
		if !ofType {
			allowing(key, "a", "b")(&pool)
		}
		for _, value := range choices[key] {
			asks := "10m"
			if i < 2 && value == "a" {
				asks = "1200m"
			}
			p.Workloads = append(p.Workloads, deployment(1, fmt.Sprint(i, value), cpu(asks), selecting(key, value)))
		}
	}
	if ofType {
		p.Catalog[0].Choices = choices
	}
	p.Pools = []binpack.Pool{pool}
	problemtest.OwnKeys(&p)
	return p
}

// TestManyValues: each value of a key counts, there are more than are looked at, and no pod
// names one.
func TestManyValues(t *testing.T) {
	var values []string
	for i := range 2001 {
		values = append(values, fmt.Sprint("v", i))
	}
	pool := binpack.Pool{Name: "p", MinValues: map[string]int{"example.com/rack": 1}}
	allowing("example.com/rack", values...)(&pool)
	p := binpack.Problem{Catalog: catalog.Catalog{server("m", 2, 1)}, Pools: []binpack.Pool{pool}}
	p.Workloads = []binpack.Workload{deployment(4, "w", cpu("500m"))}
	problemtest.OwnKeys(&p)
	plan, err := quick.Solve(t.Context(), p)
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
	require.Equal(t, p.Catalog[0].Offerings[0].Price, plan.LowerBound)
	require.NoError(t, verify.Plan(t.Context(), p, plan))
	require.NoError(t, verify.Bound(t.Context(), p, plan))
}
