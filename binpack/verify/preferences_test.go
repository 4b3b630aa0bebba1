package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestVerifyLeavesPreferences: no preference makes a plan wrong.
func TestVerifyLeavesPreferences(t *testing.T) {
	c := newVerifyCase()
	prefer(c.template, 50, corev1.LabelTopologyZone, "zone-b")
	term := corev1.WeightedPodAffinityTerm{Weight: 7, PodAffinityTerm: corev1.PodAffinityTerm{TopologyKey: corev1.LabelTopologyZone, LabelSelector: problemtest.Apps("db")}}
	affinityOfPod(c.template).PodAffinity = &corev1.PodAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{term}}
	affinityOfPod(c.template).PodAntiAffinity = &corev1.PodAntiAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{term}}
	c.template.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{
		{MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: problemtest.Apps("web")},
	}
	c.problem.Pools[0].Taints = append(c.problem.Pools[0].Taints, corev1.Taint{Key: "slow", Effect: corev1.TaintEffectPreferNoSchedule})
	require.NoError(t, verify.Plan(context.Background(), c.problem, c.plan))
}

// TestVerifyBoundAndPreferences: five pods of 700m on nodes of two, dear ones
// for 96 that they like best, and others for 30 that they like better than the
// cheapest for 10. Where the plan keeps to the dear ones its bound is of such
// plans, else of all.
func TestVerifyBoundAndPreferences(t *testing.T) {
	for name, test := range map[string]struct {
		bound int64
		set   func(*binpack.Problem, *binpack.Plan, *corev1.Pod)
	}{
		"no preference": {3 * 10, func(_ *binpack.Problem, _ *binpack.Plan, web *corev1.Pod) { web.Spec.Affinity = nil }},
		"kept":          {3 * 96, func(*binpack.Problem, *binpack.Plan, *corev1.Pod) {}},
		"not kept by one pod": {3 * 10, func(_ *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			plan.Launches[2].Offering = catalog.Key{InstanceType: "m", Zone: "zone-b", CapacityType: catalog.Spot}
		}},
		"kept as far as can be": {3 * 30, func(p *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			p.Catalog[0].Offerings[0].Unavailable = true
			for i := range plan.Launches {
				plan.Launches[i].Offering = catalog.Key{InstanceType: "m", Zone: "zone-b", CapacityType: catalog.Spot}
			}
		}},
		"a limit that nothing keeps": {3 * 30, func(p *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			p.Quotas = []binpack.Quota{{Name: "q", Requirements: problemtest.In(corev1.LabelTopologyZone, "zone-a"), Left: corev1.ResourceList{"cpu": resource.MustParse("1")}}}
			for i := range plan.Launches {
				plan.Launches[i].Offering = catalog.Key{InstanceType: "m", Zone: "zone-b", CapacityType: catalog.Spot}
			}
		}},
		"an existing node that it likes as well": {96, func(p *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			node := addNode(p, "3")
			node.Labels = map[string]string{corev1.LabelTopologyZone: "zone-a"}
			plan.Nominations = []binpack.Nomination{{Node: node, Pods: plan.Launches[0].Pods}}
			plan.Launches = plan.Launches[1:]
		}},
		"an existing node that it likes less": {0, func(p *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			node := addNode(p, "4")
			plan.Nominations = []binpack.Nomination{{Node: node, Pods: plan.Launches[0].Pods}}
			plan.Launches = plan.Launches[1:]
		}},
		"a launch of another problem": {3 * 10, func(_ *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) { plan.Launches[0].Pool = "other" }},
		"a pod that could not go there": {3*96 + 96, func(p *binpack.Problem, plan *binpack.Plan, _ *corev1.Pod) {
			// More room where it is liked less says nothing about where it is.
			big := podOf("big", "1900m")
			prefer(big, 50, corev1.LabelTopologyZone, "zone-b", "zone-c")
			p.Pods = []*corev1.Pod{big}
			plan.Launches = append(plan.Launches, launchOf(binpack.Placement{Pod: big, Count: 1}))
			plan.Certificate.Cuts[0].Pods = []int64{2}
			p.Catalog[0].Offerings[1].Allocatable = corev1.ResourceList{"cpu": resource.MustParse("1500m")}
			p.Catalog[0].Offerings[2].Allocatable = corev1.ResourceList{"cpu": resource.MustParse("1500m")}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			web := p.Workloads[0].Pod
			p.Catalog[0].Offerings[1].Unavailable = false
			p.Catalog[0].Offerings = append(p.Catalog[0].Offerings, catalog.Offering{Zone: "zone-c", CapacityType: catalog.Spot, Price: 10})
			prefer(web, 50, corev1.LabelTopologyZone, "zone-a")
			prefer(web, 10, corev1.LabelTopologyZone, "zone-b")
			for _, n := range []int{2, 2, 1} {
				plan.Launches = append(plan.Launches, launchOf(binpack.Placement{Pod: web, Count: n}))
			}
			test.set(&p, &plan, web)
			plan.Cost, plan.Status = 1_000, binpack.WorkLimit
			plan.LowerBound = catalog.Price(test.bound)
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			plan.LowerBound++
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}

// TestVerifyBoundLeavesNoPodForPreferences: a plan that leaves a pod only as
// there is no room where it would like to be is not the best.
func TestVerifyBoundLeavesNoPodForPreferences(t *testing.T) {
	p, plan := oneKind()
	web := p.Workloads[0].Pod
	p.Workloads[0].Replicas = 2
	p.Catalog[0].Offerings[0].Limit = 1
	p.Catalog[0].Offerings[1].Unavailable = false
	p.Catalog[0].Capacity["pods"] = resource.MustParse("1")
	prefer(web, 50, corev1.LabelTopologyZone, "zone-a")
	plan.Launches = []binpack.Launch{launchOf(binpack.Placement{Pod: web, Count: 1})}
	plan.Unschedulable = []binpack.Unschedulable{{Pod: web, Count: 1}}
	plan.Cost, plan.LowerBound = 96, 96
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.ErrorContains(t, verify.Bound(context.Background(), p, plan), "fewer pods may be left")
	plan.Status = binpack.WorkLimit
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

// prefer adds a preferred term of node affinity.
func prefer(pod *corev1.Pod, weight int32, key string, values ...string) {
	a := affinityOfPod(pod)
	if a.NodeAffinity == nil {
		a.NodeAffinity = &corev1.NodeAffinity{}
	}
	terms := &a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution
	*terms = append(*terms, corev1.PreferredSchedulingTerm{Weight: weight, Preference: corev1.NodeSelectorTerm{MatchExpressions: problemtest.In(key, values...)}})
}
