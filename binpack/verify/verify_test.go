package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A case is a problem with a plan that keeps every rule, to be broken in one
// place: three pods of one CPU and one pod with a selector, on two machines of
// two CPUs in one tainted pool.
type verifyCase struct {
	problem  binpack.Problem
	plan     binpack.Plan
	pods     []*corev1.Pod // a and b
	template *corev1.Pod   // three replicas
}

func newVerifyCase() *verifyCase {
	c := &verifyCase{
		pods:     []*corev1.Pod{podOf("a", "1"), podOf("b", "500m")},
		template: podOf("web", "700m"),
	}
	c.pods[0].Spec.NodeSelector = map[string]string{corev1.LabelFailureDomainBetaZone: "zone-a"}
	machine := &catalog.InstanceType{
		Name:     "m",
		Labels:   map[string]string{corev1.LabelArchStable: "amd64"},
		Capacity: corev1.ResourceList{"cpu": resource.MustParse("2"), "pods": resource.MustParse("3")},
		Overhead: corev1.ResourceList{"cpu": resource.MustParse("50m")},
		Offerings: []catalog.Offering{
			{Zone: "zone-a", CapacityType: catalog.OnDemand, Price: 96, Limit: 2},
			{Zone: "zone-b", CapacityType: catalog.Spot, Price: 30, Unavailable: true},
		},
	}
	c.problem = binpack.Problem{
		Pods:      c.pods,
		Workloads: []binpack.Workload{{Pod: c.template, Replicas: 3}},
		Catalog:   catalog.Catalog{machine},
		Pools: []binpack.Pool{{
			Name:   "default",
			Taints: []corev1.Taint{{Key: "team", Value: "x", Effect: corev1.TaintEffectNoSchedule}},
			Limits: corev1.ResourceList{"cpu": resource.MustParse("4")},
		}},
	}
	c.plan = binpack.Plan{
		Cost: 192,
		Launches: []binpack.Launch{
			launchOf(binpack.Placement{Pod: c.pods[0], Count: 1}, binpack.Placement{Pod: c.template, Count: 1}),
			launchOf(binpack.Placement{Pod: c.pods[1], Count: 1}, binpack.Placement{Pod: c.template, Count: 2}),
		},
	}
	return c
}

func podOf(name, cpu string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{
				Name:      "main",
				Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu)}},
			}},
			Tolerations: []corev1.Toleration{{Key: "team", Value: "x"}},
		},
	}
}

func launchOf(pods ...binpack.Placement) binpack.Launch {
	key := catalog.Key{InstanceType: "m", Zone: "zone-a", CapacityType: catalog.OnDemand}
	return binpack.Launch{Pool: "default", Offering: key, Price: 96, Pods: pods}
}

func TestVerifyAccepts(t *testing.T) {
	c := newVerifyCase()
	require.NoError(t, verify.Plan(context.Background(), c.problem, c.plan))

	c.plan.Launches[1].Pods[1].Count = 1
	c.plan.Unschedulable = []binpack.Unschedulable{{Pod: c.template, Count: 1}}
	require.NoError(t, verify.Plan(context.Background(), c.problem, c.plan), "a pod may be left")
}

func TestVerifyRejects(t *testing.T) {
	for name, test := range map[string]struct {
		want  binpack.Reason
		spoil func(*verifyCase)
	}{
		"pod dropped":       {verify.Unplaced, func(c *verifyCase) { c.plan.Launches[0].Pods = c.plan.Launches[0].Pods[1:] }},
		"replica dropped":   {verify.Unplaced, func(c *verifyCase) { c.plan.Launches[1].Pods[1].Count = 1 }},
		"replica doubled":   {verify.Doubled, func(c *verifyCase) { c.plan.Launches[0].Pods[1].Count = 2 }},
		"pod left as well":  {verify.Doubled, func(c *verifyCase) { c.plan.Unschedulable = []binpack.Unschedulable{{Pod: c.pods[1], Count: 1}} }},
		"foreign pod":       {verify.ForeignPod, func(c *verifyCase) { c.plan.Launches[0].Pods[0].Pod = podOf("a", "1") }},
		"nil pod":           {verify.ForeignPod, func(c *verifyCase) { c.plan.Launches[0].Pods[0].Pod = nil }},
		"foreign pod left":  {verify.ForeignPod, func(c *verifyCase) { c.plan.Unschedulable = []binpack.Unschedulable{{Count: 1}} }},
		"count of zero":     {verify.BadCount, func(c *verifyCase) { c.plan.Launches[0].Pods[0].Count = 0 }},
		"negative leftover": {verify.BadCount, func(c *verifyCase) { c.plan.Unschedulable = []binpack.Unschedulable{{Pod: c.pods[1], Count: -1}} }},
		"moved where it does not fit": {binpack.InsufficientResources, func(c *verifyCase) {
			c.plan.Launches[1].Pods = append(c.plan.Launches[1].Pods, c.plan.Launches[0].Pods[0])
			c.plan.Launches[0].Pods = c.plan.Launches[0].Pods[1:]
		}},
		"overhead eaten up": {binpack.InsufficientResources, func(c *verifyCase) {
			c.plan.Launches[1].Pods[0].Pod.Spec.Containers[0].Resources.Requests["cpu"] = resource.MustParse("551m")
		}},
		"too many pods": {binpack.InsufficientResources, func(c *verifyCase) {
			c.problem.Catalog[0].Capacity["pods"] = resource.MustParse("2")
		}},
		"resource that the node lacks": {binpack.InsufficientResources, func(c *verifyCase) {
			c.pods[1].Spec.Containers[0].Resources.Limits = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("1")}
		}},
		"offering has less": {binpack.InsufficientResources, func(c *verifyCase) {
			c.problem.Catalog[0].Offerings[0].Allocatable = corev1.ResourceList{"cpu": resource.MustParse("1800m")}
		}},
		"selector":       {binpack.NodeAffinity, func(c *verifyCase) { c.pods[0].Spec.NodeSelector[corev1.LabelFailureDomainBetaZone] = "zone-b" }},
		"hostname":       {binpack.NodeAffinity, func(c *verifyCase) { c.pods[0].Spec.NodeSelector[corev1.LabelHostname] = "node-1" }},
		"taint":          {binpack.UntoleratedTaint, func(c *verifyCase) { c.template.Spec.Tolerations = nil }},
		"gated pod":      {binpack.SchedulingGated, func(c *verifyCase) { c.pods[0].Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}} }},
		"bound pod":      {binpack.NotPending, func(c *verifyCase) { c.pods[0].Spec.NodeName = "node-1" }},
		"device claim":   {binpack.Unsupported, func(c *verifyCase) { c.pods[0].Spec.ResourceClaims = []corev1.PodResourceClaim{{}} }},
		"minimum values": {binpack.MinValues, func(c *verifyCase) { c.problem.Pools[0].MinValues = map[string]int{"size": 2} }},
		"open key": {verify.IllegalLaunch, func(c *verifyCase) {
			c.problem.Pools[0].Requirements = problemtest.In("gpu-partition", "a")
			c.problem.Pools[0].Keys = map[string][]string{"gpu-partition": nil}
		}},
		"unknown pool":     {verify.IllegalLaunch, func(c *verifyCase) { c.plan.Launches[0].Pool = "other" }},
		"unknown type":     {verify.IllegalLaunch, func(c *verifyCase) { c.plan.Launches[0].Offering.InstanceType = "n" }},
		"unknown market":   {verify.IllegalLaunch, func(c *verifyCase) { c.plan.Launches[0].Offering.CapacityType = catalog.Spot }},
		"label chosen":     {verify.IllegalLaunch, func(c *verifyCase) { c.plan.Launches[0].Labels = map[string]string{"a": "b"} }},
		"pool requirement": {verify.IllegalLaunch, func(c *verifyCase) { c.problem.Pools[0].Requirements = problemtest.In(corev1.LabelArchStable, "arm64") }},
		"pool label":       {verify.IllegalLaunch, func(c *verifyCase) { c.problem.Pools[0].Labels = map[string]string{"beta.kubernetes.io/arch": "arm64"} }},
		"pool catalog":     {verify.IllegalLaunch, func(c *verifyCase) { c.problem.Pools[0].Catalog = catalog.Catalog{} }},
		"price":            {verify.WrongPrice, func(c *verifyCase) { c.plan.Launches[0].Price, c.plan.Cost = 95, 191 }},
		"cost":             {verify.WrongCost, func(c *verifyCase) { c.plan.Cost = 191 }},
		"unavailable": {binpack.NoAvailableOffering, func(c *verifyCase) {
			c.problem.Catalog[0].Offerings[0].Unavailable = true
		}},
		"offering limit": {binpack.NoAvailableOffering, func(c *verifyCase) { c.problem.Catalog[0].Offerings[0].Limit = 1 }},
		"availability":   {binpack.NoAvailableOffering, func(c *verifyCase) { c.problem.Availability = only(1) }},
		"pool limit":     {binpack.PoolLimit, func(c *verifyCase) { c.problem.Pools[0].Limits["cpu"] = resource.MustParse("3999m") }},
		"pool's nodes":   {binpack.PoolLimit, func(c *verifyCase) { c.problem.Pools[0].Limits["nodes"] = resource.MustParse("1") }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			test.spoil(c)
			err := verify.Plan(context.Background(), c.problem, c.plan)
			require.Error(t, err)
			require.Contains(t, problemtest.Reasons(err), test.want, "%v", err)
		})
	}
}

func TestVerifySaysWhatIsShort(t *testing.T) {
	c := newVerifyCase()
	c.plan.Launches[0].Pods[0], c.plan.Launches[1].Pods[0] = c.plan.Launches[1].Pods[0], c.plan.Launches[0].Pods[0]
	err := verify.Plan(context.Background(), c.problem, c.plan)
	require.EqualError(t, err, "Launches[1]: InsufficientResources: cpu: asked 2400m, there is 1950m")
}

// only is an Availability: the most launches of each offering.
type only int

func (n only) Available(catalog.Key) int { return int(n) }
