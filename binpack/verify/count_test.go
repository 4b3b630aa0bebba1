package verify_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// TestFoldedPlansHaveTheSameVerdict breaks plans, and compares what is said of
// them with what is said of the same nodes as launches with a count.
func TestFoldedPlansHaveTheSameVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, plan := drawBroken(t)
		compareFolded(t, p, plan)
	})
}

// drawBroken draws a problem and a plan, which is broken as often as not.
func drawBroken(t *rapid.T) (binpack.Problem, binpack.Plan) {
	spoilt := rapid.Bool().Draw(t, "broken")
	switch rapid.IntRange(0, 3).Draw(t, "sort") {
	case 0:
		m, f := rapid.SampledFrom(poolMutations).Draw(t, "pool mutation"), newFleet()
		if spoil := m.build(t, f); spoilt {
			spoil()
		}
		return f.problem, f.plan
	case 1:
		m, w := rapid.SampledFrom(domainMutations).Draw(t, "domain mutation"), newTown()
		if spoil := m.build(t, w); spoilt {
			spoil()
		}
		return w.problem, repeated(t, w.plan)
	}
	p := problemtest.Drawn(t, gen.Small().With(rapid.SampledFrom([]gen.Rules{{}, gen.All()}).Draw(t, "rules")))
	plan := copyOf(problemtest.Solved(t, p))
	if spoilt {
		rapid.SampledFrom(mutations).Draw(t, "mutation").apply(t, &plan)
	}
	return p, repeated(t, plan)
}

// repeated returns the plan with a launch that is there again, or not.
func repeated(t *rapid.T, plan binpack.Plan) binpack.Plan {
	if l := problemtest.SomeLaunch(t, &plan); l != nil {
		for range rapid.IntRange(0, 2).Draw(t, "repeated") {
			plan.Launches = append(plan.Launches, *l)
		}
	}
	return plan
}

func compareFolded(t require.TestingT, p binpack.Problem, plan binpack.Plan) {
	ctx := context.Background()
	folded, at := foldedAt(plan)
	require.Equal(t, verdict(verify.Plan(ctx, p, plan)), verdict(verify.Plan(ctx, p, folded)))
	require.Equal(t, verify.KeepsPreferences(p, plan), verify.KeepsPreferences(p, folded))
	require.Equal(t, fmt.Sprint(verify.Bound(ctx, p, plan)), fmt.Sprint(verify.Bound(ctx, p, folded)))
	single, err := verify.Alternatives(ctx, p, plan, 3)
	require.NoError(t, err)
	counted, err := verify.Alternatives(ctx, p, folded, 3)
	require.NoError(t, err)
	for i := range plan.Launches {
		require.Equal(t, single[i], counted[at[i]])
	}
}

// foldedAt returns the plan with alike launches as one, and for each launch of the
// plan which one of them it is.
func foldedAt(plan binpack.Plan) (folded binpack.Plan, at []int) {
	folded = plan
	folded.Launches = nil
	known := map[string]int{}
	for _, l := range plan.Launches {
		content := fmt.Sprint(l.Pool, l.Offering, l.Labels, l.Price)
		for _, on := range l.Pods {
			content += fmt.Sprintf(" %d of %p", on.Count, on.Pod)
		}
		i, again := known[content]
		if !again {
			i = len(folded.Launches)
			known[content] = i
			folded.Launches = append(folded.Launches, l)
		} else {
			folded.Launches[i].Count = folded.Launches[i].Nodes() + l.Nodes()
		}
		at = append(at, i)
	}
	return folded, at
}

// verdict returns the violations without where they are, each once, sorted.
func verdict(err error) []string {
	out := []string{}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			var v *verify.Violation
			if !errors.As(e, &v) {
				return []string{err.Error()}
			}
			out = append(out, (&verify.Violation{Pod: v.Pod, Reason: v.Reason, Detail: v.Detail}).Error())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestFoldFolds(t *testing.T) {
	f := newFleet()
	f.launch("first", 2, 1)
	f.launch("second", 2, 1)
	f.launch("first", 2, 1)
	folded, at := foldedAt(f.plan)
	require.Equal(t, []int{0, 1, 0}, at)
	require.Equal(t, 2, folded.Launches[0].Count)
	require.NoError(t, verify.Plan(context.Background(), f.problem, folded))
}

func TestCountsOfLaunches(t *testing.T) {
	const many = 1_000_000_000_000
	for name, test := range map[string]struct {
		spoil func(*fleet)
		want  []binpack.Reason
	}{
		"very many nodes":        {func(*fleet) {}, nil},
		"negative":               {func(f *fleet) { f.plan.Launches[0].Count, f.plan.Cost, f.problem.Workloads[0].Replicas = -1, 2, 2 }, []binpack.Reason{verify.BadCount}},
		"one is missing":         {func(f *fleet) { f.plan.Launches[0].Count-- }, []binpack.Reason{verify.Unplaced, verify.WrongCost}},
		"one more":               {func(f *fleet) { f.plan.Launches[0].Count++ }, []binpack.Reason{verify.Doubled, verify.WrongCost}},
		"cost of one node":       {func(f *fleet) { f.plan.Cost = 2 }, []binpack.Reason{verify.WrongCost}},
		"the offering has fewer": {func(f *fleet) { f.problem.Catalog[1].Offerings[0].Limit = many - 1 }, []binpack.Reason{binpack.NoAvailableOffering}},
		"the pool's limit":       {func(f *fleet) { f.problem.Pools[0].Limits = nodesLimit(many - 1) }, []binpack.Reason{binpack.PoolLimit}},
		"the quota": {func(f *fleet) {
			f.problem.Quotas = []binpack.Quota{{Name: "q", Left: nodesLimit(many - 1)}}
		}, []binpack.Reason{binpack.QuotaReached}},
		"more than can be counted": {func(f *fleet) { f.plan.Launches[0].Count = math.MaxInt }, []binpack.Reason{verify.Doubled, verify.BadCount, verify.WrongCost}},
		"more than can be counted of empty nodes": {func(f *fleet) {
			empty := f.plan.Launches[0]
			empty.Pods, empty.Count = nil, math.MaxInt-1
			f.plan.Launches = append(f.plan.Launches, empty)
		}, []binpack.Reason{verify.BadCount, verify.WrongCost}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet()
			f.launch("first", 2, 2).Count = many
			f.problem.Workloads[0].Replicas, f.plan.Cost = 2*many, 2*many
			test.spoil(f)
			err := verify.Plan(context.Background(), f.problem, f.plan)
			require.Equal(t, test.want, problemtest.Reasons(err), "%v", err)
		})
	}
}

// TestCountsMeetRulesBetweenPods puts pods that a rule tells apart by node or zone
// on launches with a count.
func TestCountsMeetRulesBetweenPods(t *testing.T) {
	for name, test := range map[string]struct {
		rule  townRule
		count int
		want  []binpack.Reason
	}{
		"spread over zones, one":         {spreads(zoneKey, 1)("web"), 1, nil},
		"spread over zones, two in one":  {spreads(zoneKey, 1)("web"), 2, []binpack.Reason{binpack.TopologySpread}},
		"apart by zone, one":             {avoids(zoneKey, "web"), 1, nil},
		"apart by zone, two in one":      {avoids(zoneKey, "web"), 2, []binpack.Reason{binpack.PodAntiAffinity}},
		"apart by node":                  {avoids(hostKey, "web"), 2, nil},
		"together by node, one node":     {joins(hostKey, "web"), 1, nil},
		"together by node, on two nodes": {joins(hostKey, "web"), 2, []binpack.Reason{binpack.PodAffinity}},
		"together by zone, on two nodes": {joins(zoneKey, "web"), 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			test.rule(w.pod("web"))
			w.launch("a web")
			for range test.count - 1 {
				w.launch("a web")
			}
			folded, _ := foldedAt(w.plan)
			require.Len(t, folded.Launches, 1)
			require.Equal(t, test.want, problemtest.Reasons(verify.Plan(context.Background(), w.problem, folded)))
		})
	}
}

// nodesLimit limits the number of nodes.
func nodesLimit(n int64) corev1.ResourceList {
	return corev1.ResourceList{"nodes": *resource.NewQuantity(n, resource.DecimalSI)}
}
