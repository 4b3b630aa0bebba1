package binpack_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/inf.v0"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// TestQuantitiesAtTheEdge: amounts with which arithmetic would never be done are faults
// of the Problem, and found at once. Those of one pod are no faults of the Problem.
func TestQuantitiesAtTheEdge(t *testing.T) {
	digits, ok := resource.Quantity{}, false
	long := new(inf.Dec)
	long, ok = long.SetString(strings.Repeat("9", 100_000))
	require.True(t, ok)
	digits = *resource.NewDecimalQuantity(*long, resource.DecimalSI)
	for name, q := range map[string]resource.Quantity{
		"fine":  *resource.NewDecimalQuantity(*inf.NewDec(1, math.MaxInt32), resource.DecimalSI),
		"large": *resource.NewDecimalQuantity(*inf.NewDec(1, math.MinInt32+1), resource.DecimalSI),
		"below": *resource.NewDecimalQuantity(*inf.NewDec(-1, math.MinInt32+1), resource.DecimalSI),
		"long":  digits,
	} {
		list := corev1.ResourceList{corev1.ResourceCPU: q}
		for field, p := range map[string]binpack.Problem{
			"capacity": {Catalog: catalog.Catalog{{Name: "t", Capacity: list}}},
			"offering": {Catalog: catalog.Catalog{{Name: "t", Offerings: []catalog.Offering{{Zone: "a", Allocatable: list}}}}},
			"limits":   {Pools: []binpack.Pool{{Name: "p", Limits: list}}},
			"quota":    {Quotas: []binpack.Quota{{Name: "q", Left: list}}},
			"used":     {Pools: []binpack.Pool{{Name: "p", Used: list}}},
			"node":     {Existing: []binpack.ExistingNode{{Node: &corev1.Node{Status: corev1.NodeStatus{Allocatable: list}}}}},
		} {
			require.Error(t, p.Validate(), "%s in %s", name, field)
		}
	}
}

// TestPodsAtTheEdge: with such amounts a pod fits nowhere, is left as Invalid, and no
// function takes for ever.
func TestPodsAtTheEdge(t *testing.T) {
	for _, scale := range []inf.Scale{math.MaxInt32, math.MinInt32 + 1} {
		list := corev1.ResourceList{corev1.ResourceCPU: *resource.NewDecimalQuantity(*inf.NewDec(1, scale), resource.DecimalSI)}
		pod := &corev1.Pod{}
		pod.Spec.Containers = []corev1.Container{{Name: "c", Resources: corev1.ResourceRequirements{Requests: list}}}
		sidecar, overhead, limits := pod.DeepCopy(), pod.DeepCopy(), pod.DeepCopy()
		sidecar.Spec.InitContainers, sidecar.Spec.Containers = pod.Spec.Containers, []corev1.Container{{Name: "d"}}
		overhead.Spec.Containers[0].Resources, overhead.Spec.Overhead = corev1.ResourceRequirements{}, list
		limits.Spec.Containers[0].Resources = corev1.ResourceRequirements{Limits: list}
		for _, pod := range []*corev1.Pod{pod, sidecar, overhead, limits} {
			node := binpack.ExistingNode{Node: &corev1.Node{Status: corev1.NodeStatus{Allocatable: list}}, Pods: []*corev1.Pod{pod}}
			reason, _ := binpack.Unfit(pod, node)
			require.Equal(t, binpack.Invalid, reason)
			asked := binpack.Requests(pod)
			require.Equal(t, "1", asked.Pods().String())
		}
	}
}

// TestAfterOfWhatIsNotThere: nodes and pods that are nil are for Validate to find.
func TestAfterOfWhatIsNotThere(t *testing.T) {
	p := binpack.Problem{
		DaemonPods: []*corev1.Pod{nil}, Existing: []binpack.ExistingNode{{}}, Catalog: catalog.Catalog{nil}, Pods: []*corev1.Pod{nil}, Workloads: []binpack.Workload{{}},
	}
	plan := binpack.Plan{
		Launches:    []binpack.Launch{{Pods: []binpack.Placement{{Count: 1}}}},
		Nominations: []binpack.Nomination{{Pods: []binpack.Placement{{Count: 1}}}},
	}
	require.NotPanics(t, func() { p.After(plan) })
	require.NotPanics(t, func() { p.DaemonsOn(plan.Launches[0]) })
	require.NotPanics(t, func() { p.RequestsOn(plan.Launches[0]) })
	reason, _ := binpack.Unfit(nil, binpack.ExistingNode{Node: &corev1.Node{}})
	require.Equal(t, binpack.Invalid, reason)
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c"}}}}
	reason, _ = binpack.Unfit(pod, binpack.ExistingNode{})
	require.Equal(t, binpack.NoAvailableOffering, reason)
	reason, _ = binpack.Unfit(pod, binpack.ExistingNode{Node: &corev1.Node{}, Pods: []*corev1.Pod{nil}})
	require.Empty(t, reason)
}
