package solver_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestSolveAgainstEveryPlan compares plans of toy problems with the best of all
// plans, family of rules by family.
func TestSolveAgainstEveryPlan(t *testing.T) {
	for name, rules := range map[string]gen.Rules{
		"basic":          {},
		"priorities":     {Priorities: true},
		"existing":       {Existing: true},
		"spread":         {Spread: true},
		"affinity":       {Affinity: true},
		"anti-affinity":  {AntiAffinity: true},
		"weights":        {Weights: true},
		"min values":     {MinValues: true},
		"open keys":      {OpenKeys: true},
		"volumes":        {Volumes: true},
		"gangs":          {Gangs: true},
		"preferences":    {Preferences: true},
		"nodes":          {Nodes: true},
		"nodes, spread":  {Nodes: true, Spread: true, Existing: true},
		"nodes, apart":   {Nodes: true, AntiAffinity: true, Affinity: true, Existing: true},
		"values, spread": {MinValues: true, Spread: true, OpenKeys: true},
		"volumes, nodes": {Volumes: true, Existing: true},
		"claims":         {Claims: true},
		"claims, nodes":  {Claims: true, Volumes: true, Existing: true},
		"claims, spread": {Claims: true, Spread: true, Existing: true},
		"own values":     {OpenKeys: true, OwnValues: true, Spread: true, MinValues: true},
		"all":            gen.All(),
	} {
		t.Run(name, func(t *testing.T) {
			var tally tally
			rapid.Check(t, func(t *rapid.T) { tally.compare(t, problemtest.Drawn(t, gen.Toy().With(rules))) })
			t.Logf("%+v", tally)
		})
	}
}

// A tally counts what a comparison came to.
type tally struct {
	Problems int
	GivenUp  int           // too many plans to look at
	Optimal  int           // proven to be
	Best     int           // as good as the best plan, proven or not
	LeftMore int           // left more pods than must be left
	Charge   catalog.Price // of each node, in all problems
	Disliked int           // pods like their nodes less than they could, of plans that leave as few
}

// compare checks what must hold of any plan of the solver's, and counts how good
// it is.
func (n *tally) compare(t *rapid.T, p binpack.Problem) {
	n.Problems++
	plan, err := solver.Solver{Work: 1_000_000, NodeCharge: n.Charge}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	require.LessOrEqual(t, plan.LowerBound, plan.Cost+plan.Charge)
	o := newOracle(p)
	o.charge = n.Charge
	found, best, err := o.best()
	if errors.Is(err, errTooMany) {
		n.GivenUp++
		return
	}
	require.NoError(t, err)
	got := o.score(plan)
	require.GreaterOrEqual(t, got.compare(best), 0, "better than the best plan, %+v", found)
	if plan.Status == binpack.Optimal {
		n.Optimal++
		require.Equal(t, best.left, got.left)
	}
	leavesMore := !slices.Equal(got.left, best.left)
	if leavesMore {
		n.LeftMore++
	}
	if liked := o.asMuchLiked(plan); slices.ContainsFunc(o.cells, func(c cell) bool { return !liked(c) }) {
		if !leavesMore && o.couldBeLiked(plan) {
			n.Disliked++
		}
		o.allows = liked
		if _, best, err = o.best(); errors.Is(err, errTooMany) {
			n.GivenUp++
			return
		}
		require.NoError(t, err)
	}
	if leavesNoMore(best, got) {
		require.LessOrEqual(t, plan.LowerBound, best.cost)
	}
	if plan.Status == binpack.Optimal {
		require.Equal(t, best.cost, got.cost)
	}
	if got.compare(best) == 0 {
		n.Best++
	}
}

// leavesNoMore reports whether a leaves at most as many pods as b at every level.
func leavesNoMore(a, b score) bool {
	for i := range a.left {
		if a.left[i] > b.left[i] {
			return false
		}
	}
	return true
}

// TestOracle: the best plans of problems that a person can solve. Two zones, nodes
// for 1 and for 1.5 an hour that hold one and two pods.
func TestOracle(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*binpack.Problem)
		left   []int
		cost   catalog.Price
	}{
		"three pods": {func(*binpack.Problem) {}, []int{0}, 2_500_000_000},
		"one node there": {func(p *binpack.Problem) {
			p.Existing = []binpack.ExistingNode{{Node: p.Node(binpack.Launch{Offering: p.Catalog[0].Key(0)})}}
		}, []int{0}, 1_500_000_000},
		"one node in all": {func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Limits: corev1.ResourceList{"nodes": resource.MustParse("1")}}}
		},
			[]int{1}, 1_500_000_000},
		"one node, and one pod more important": {func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Limits: corev1.ResourceList{"nodes": resource.MustParse("1")}}}
			important := p.Workloads[0].Pod.DeepCopy()
			important.Spec.Priority = new(int32)
			*important.Spec.Priority = 9
			important.Spec.Containers[0].Resources.Requests["cpu"] = resource.MustParse("2")
			p.Pods = append(p.Pods, important)
		}, []int{0, 3}, 1_500_000_000},
		"each alone": {func(p *binpack.Problem) {
			p.Workloads[0].Pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}}
		}, []int{0}, 3_000_000_000},
		"each alone in its zone": {func(p *binpack.Problem) {
			p.Workloads[0].Pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelTopologyZone, LabelSelector: &metav1.LabelSelector{}}},
			}}
		}, []int{1}, 2_000_000_000},
		"nothing fits": {func(p *binpack.Problem) { p.Workloads[0].Pod.Spec.NodeSelector = map[string]string{"a": "b"} }, []int{3}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := problemfile.Read(strings.NewReader(`{
				"pods": [{"name": "web", "count": 3, "requests": {"cpu": "1"}}],
				"instanceTypes": [
					{"name": "one", "allocatable": {"cpu": "1"}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 1}, {"zone": "b", "capacityType": "spot", "price": 1}]},
					{"name": "two", "allocatable": {"cpu": "2"}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 1.5}]}]
			}`))
			require.NoError(t, err)
			tt.change(&p)
			problemtest.OwnKeys(&p)
			plan, best, err := newOracle(p).best()
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.Equal(t, score{tt.left, tt.cost}, best)
		})
	}
}

// TestOracleSparesNoPlan: the best plan is as good when no plan is spared because
// of the faults of others.
func TestOracleSparesNoPlan(t *testing.T) {
	size := gen.Toy().With(gen.All())
	size.Pods, size.Types = 2, 1
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, size)
		_, want, err := newOracle(p).best()
		require.NoError(t, err)
		blind := newOracle(p)
		blind.blind = true
		_, got, err := blind.best()
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}
