package solver_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestBillions: a plan is as large as what differs, not as the cluster.
func TestBillions(t *testing.T) {
	const replicas = 1_000_000_001
	c := catalog.Catalog{{
		Name: "m", Capacity: problemtest.List("cpu", "4", "memory", "16Gi", "pods", "20"),
		Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: catalog.USD / 10}},
	}}
	web := problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"))
	p := binpack.Problem{Catalog: c, Workloads: []binpack.Workload{{Pod: web, Replicas: replicas}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	plan, err := quick.Solve(context.Background(), p)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "bytes")
	require.Empty(t, plan.Unschedulable)
	require.Equal(t, binpack.Optimal, plan.Status)
	require.LessOrEqual(t, len(plan.Launches), 2)
	pods, cost := 0, catalog.Price(0)
	for _, l := range plan.Launches {
		for _, on := range l.Pods {
			require.Same(t, web, on.Pod)
			pods += on.Count * l.Nodes()
		}
		cost += l.Price * catalog.Price(l.Nodes())
	}
	require.Equal(t, replicas, pods)
	require.Equal(t, 250_000_001, fold.Nodes(plan.Launches))
	require.Equal(t, plan.Cost, cost)
}

// TestFoldedWhereAlike: nodes that hold alike pods of one Workload are one launch, also
// where its last ones share a node with others; Pods are each an object of its own, and
// so are their launches.
func TestFoldedWhereAlike(t *testing.T) {
	c := catalog.Catalog{{
		Name: "m", Capacity: problemtest.List("cpu", "4", "memory", "16Gi", "pods", "20"),
		Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: catalog.USD / 10}},
	}}
	alike := func() *corev1.Pod { return problemtest.Pod(problemtest.List("cpu", "1")) }
	web, other := alike(), alike()
	p := binpack.Problem{Catalog: c, Workloads: []binpack.Workload{{Pod: web, Replicas: 14}, {Pod: other, Replicas: 10}}}
	plan, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	launch := func(count int, pods ...binpack.Placement) binpack.Launch {
		return binpack.Launch{Count: count, Offering: c[0].Key(0), Price: catalog.USD / 10, Pods: pods}
	}
	require.Equal(t, []binpack.Launch{
		launch(3, binpack.Placement{Pod: web, Count: 4}),
		launch(1, binpack.Placement{Pod: web, Count: 2}, binpack.Placement{Pod: other, Count: 2}),
		launch(2, binpack.Placement{Pod: other, Count: 4}),
	}, plan.Launches)

	p = binpack.Problem{Catalog: c}
	for range 12 {
		p.Pods = append(p.Pods, alike())
	}
	plan, err = solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.Len(t, plan.Launches, 3)
	for i, l := range plan.Launches {
		require.Equal(t, 1, l.Count)
		require.Len(t, l.Pods, 4)
		for j, on := range l.Pods {
			require.Same(t, p.Pods[4*i+j], on.Pod)
		}
	}
}
