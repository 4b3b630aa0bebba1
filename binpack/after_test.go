package binpack_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// waiting returns how many pods p asks to place.
func waiting(p binpack.Problem) int {
	n := len(p.Pods)
	for _, w := range p.Workloads {
		n += w.Replicas
	}
	return n
}

// joined returns the plan that done and what was planned after it are together.
func joined(p, rest binpack.Problem, done, then binpack.Plan) binpack.Plan {
	plan := binpack.Plan{Unschedulable: then.Unschedulable, Cost: done.Cost + then.Cost}
	at := map[*corev1.Node]*[]binpack.Placement{}
	for i, e := range rest.Existing {
		var on []binpack.Placement
		if i >= len(p.Existing) {
			on = done.Launches[i-len(p.Existing)].Pods
		}
		for _, n := range done.Nominations {
			if n.Node == e.Node {
				on = n.Pods
			}
		}
		at[e.Node] = &on
	}
	for _, n := range then.Nominations {
		*at[n.Node] = append((*at[n.Node])[:len(*at[n.Node]):len(*at[n.Node])], n.Pods...)
	}
	for i, e := range rest.Existing {
		switch pods := *at[e.Node]; {
		case i >= len(p.Existing):
			l := done.Launches[i-len(p.Existing)]
			l.Pods = pods
			plan.Launches = append(plan.Launches, l)
		case len(pods) > 0:
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: e.Node, Pods: pods})
		}
	}
	plan.Launches = append(plan.Launches, then.Launches...)
	return plan
}

// TestAfterPartOfAPlan: what is planned after a part of a plan is with that part a plan
// of the whole problem, and where no pod is left it keeps all rules. Some rules see
// existing nodes otherwise than launches: how a pod there is spread binds no others, and
// weights and MinValues are about launches alone.
func TestAfterPartOfAPlan(t *testing.T) {
	whole, checked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rules := gen.All()
		rules.Spread, rules.Weights, rules.MinValues = false, false, false
		p := problemtest.Drawn(t, gen.Toy().With(rules))
		plan, err := solver.Solver{Work: 100_000}.Solve(context.Background(), p)
		require.NoError(t, err)
		all := p.After(plan)
		require.NoError(t, all.Validate())
		pods := 0
		for _, u := range plan.Unschedulable {
			pods += u.Count
		}
		require.Equal(t, pods, waiting(all))

		done := binpack.Plan{Nominations: plan.Nominations}
		for _, l := range fold.Unfold(plan.Launches) {
			if rapid.Bool().Draw(t, "succeeds") {
				done.Launches = append(done.Launches, l)
				done.Cost += l.Price
			}
		}
		rest := p.After(done)
		folded := done
		folded.Launches = fold.Fold(done.Launches)
		requireAlike(t, rest, p.After(folded))
		then, err := solver.Solver{Work: 100_000}.Solve(context.Background(), rest)
		require.NoError(t, err)
		require.NoError(t, verify.Plan(context.Background(), rest, then))
		whole++
		if len(then.Unschedulable) == 0 {
			checked++
			requireOnly(t, binpack.TopologySpread, verify.Plan(context.Background(), p, joined(p, rest, done, then)))
		}
	})
	t.Logf("%d problems, %d of them without pods left", whole, checked)
}

// requireAlike requires that two problems ask for the same and have the same.
func requireAlike(t require.TestingT, want, got binpack.Problem) {
	require.Equal(t, want.Existing, got.Existing)
	require.Equal(t, want.Pods, got.Pods)
	require.Equal(t, want.Workloads, got.Workloads)
	require.Equal(t, want.Quotas, got.Quotas)
	for i := range want.Pools {
		require.Equal(t, want.Pools[i].Limits, got.Pools[i].Limits)
	}
	for k := range want.Catalog.Offerings() {
		if want.Availability == nil {
			require.Nil(t, got.Availability)
			break
		}
		require.Equal(t, want.Availability.Available(k), got.Availability.Available(k))
	}
}

// requireOnly requires that no rule is broken but for one reason.
func requireOnly(t require.TestingT, reason binpack.Reason, err error) {
	if err == nil {
		return
	}
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		var v *verify.Violation
		require.ErrorAs(t, err, &v)
		require.Equal(t, reason, v.Reason, "%v", err)
	}
}

// TestAfterFolded: a launch of several nodes is as many launches of one.
func TestAfterFolded(t *testing.T) {
	p := problemtest.Small()
	p.Pools[0].Limits = problemtest.List("cpu", "6", "nodes", "5")
	web := problemtest.Pod(problemtest.List("cpu", "500m"))
	p.Workloads = []binpack.Workload{{Pod: web, Replicas: 10}}
	l := binpack.Launch{Count: 3, Pool: "default", Offering: p.Catalog[0].Key(0), Pods: []binpack.Placement{{Pod: web, Count: 2}}}
	rest := p.After(binpack.Plan{Launches: []binpack.Launch{l}})
	requireAlike(t, p.After(binpack.Plan{Launches: fold.Unfold([]binpack.Launch{l})}), rest)
	require.Len(t, rest.Existing, 3)
	require.Equal(t, "launch-2", rest.Existing[2].Node.Name)
	require.Equal(t, 4, rest.Workloads[0].Replicas)
	require.Equal(t, "2", written(rest.Pools[0].Limits, "nodes"))
}

// written prints some quantities of a list.
func written(list corev1.ResourceList, names ...corev1.ResourceName) string {
	var text []string
	for _, name := range names {
		q := list[name]
		text = append(text, q.String())
	}
	return strings.Join(text, " ")
}

func TestAfterCounts(t *testing.T) {
	p := problemtest.Small()
	p.Catalog[0].Offerings[0].Limit = 3
	p.Pools[0].Limits = problemtest.List("cpu", "6", "nodes", "5")
	p.Quotas = []binpack.Quota{{Name: "vcpu", Left: problemtest.List("cpu", "3")}, {Name: "other", Left: problemtest.List("cpu", "3"), Requirements: []corev1.NodeSelectorRequirement{problemtest.Requirement("size", "Exists")}}}
	web, daemon := problemtest.Pod(problemtest.List("cpu", "500m")), problemtest.Pod(problemtest.List("cpu", "250m"))
	p.Workloads = []binpack.Workload{{Pod: web, Replicas: 5}}
	p.DaemonPods = []*corev1.Pod{daemon}
	smallKey := p.Catalog[0].Key(0)
	rest := p.After(binpack.Plan{Launches: []binpack.Launch{
		{Pool: "default", Offering: smallKey, Pods: []binpack.Placement{{Pod: web, Count: 3}}},
		{Pool: "default", Offering: smallKey},
		{Pool: "nowhere", Offering: catalog.Key{InstanceType: "unheard of"}},
	}})
	require.NoError(t, rest.Validate())
	require.Equal(t, 2, rest.Workloads[0].Replicas)
	require.Equal(t, 1, rest.Availability.Available(smallKey))
	require.Equal(t, binpack.Unlimited, rest.Availability.Available(p.Catalog[1].Key(0)))
	require.Equal(t, "2 3", written(rest.Pools[0].Limits, "cpu", "nodes"))
	require.Equal(t, "0", written(rest.Quotas[0].Left, "cpu"))
	require.Equal(t, "3", written(rest.Quotas[1].Left, "cpu"))
	require.Len(t, rest.Existing, 3)
	require.Len(t, rest.Existing[0].Pods, 4, "three and a daemon")
	require.Len(t, rest.Existing[1].Pods, 1)
	require.Equal(t, "launch-0", rest.Existing[0].Node.Name)
	require.Equal(t, 5, p.Workloads[0].Replicas, "p is as it was")

	again := rest.After(binpack.Plan{Launches: []binpack.Launch{{Pool: "default", Offering: smallKey}}})
	require.NoError(t, again.Validate())
	require.Zero(t, again.Availability.Available(smallKey))
	require.Equal(t, "launch-3", again.Existing[3].Node.Name)

	plan, err := solver.Solve(context.Background(), rest)
	require.NoError(t, err)
	require.Empty(t, plan.Launches, "there is room")
	require.Equal(t, rest.Existing[1].Node, plan.Nominations[0].Node)
}
