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
			"node":     {Existing: []binpack.ExistingNode{{Node: &corev1.Node{Status: corev1.NodeStatus{Allocatable: list}}}}},
		} {
			require.Error(t, p.Validate(), "%s in %s", name, field)
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
}
