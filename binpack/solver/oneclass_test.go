package solver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestOneClassIsSolved: pods of one class are solved to a proven optimum,
// whatever limits there are.
func TestOneClassIsSolved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p binpack.Problem
		for i := range rapid.IntRange(1, 6).Draw(t, "types") {
			cpu := rapid.Int64Range(1, 40).Draw(t, "cpu")
			it := &catalog.InstanceType{Name: fmt.Sprintf("t%d", i), Capacity: corev1.ResourceList{
				"cpu":    *resource.NewQuantity(cpu, resource.DecimalSI),
				"memory": *resource.NewQuantity(cpu*rapid.SampledFrom([]int64{2, 4, 8}).Draw(t, "memory"), resource.DecimalSI),
			}}
			for _, zone := range []string{"a", "b"}[:rapid.IntRange(1, 2).Draw(t, "zones")] {
				it.Offerings = append(it.Offerings, catalog.Offering{Zone: zone, Price: catalog.Price(rapid.Int64Range(0, 500).Draw(t, "price")),
					Limit: rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "limit")})
			}
			p.Catalog = append(p.Catalog, it)
		}
		p.Pools = []binpack.Pool{{Limits: corev1.ResourceList{}}}
		for i, name := range []corev1.ResourceName{"cpu", "memory", "nodes"} {
			if n := rapid.Int64Range(0, []int64{200, 800, 12}[i]).Draw(t, string(name)); n%2 > 0 {
				p.Pools[0].Limits[name] = *resource.NewQuantity(n, resource.DecimalSI)
			}
		}
		request := corev1.ResourceList{
			"cpu":    *resource.NewQuantity(rapid.Int64Range(1, 12).Draw(t, "request"), resource.DecimalSI),
			"memory": *resource.NewQuantity(rapid.Int64Range(0, 40).Draw(t, "request"), resource.DecimalSI),
		}
		p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(request), Replicas: rapid.IntRange(1, 120).Draw(t, "replicas")}}
		plan, err := solver.Solve(context.Background(), p)
		require.NoError(t, err)
		require.Equal(t, binpack.Optimal, plan.Status, "cost %s, bound %s", plan.Cost, plan.LowerBound)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		require.NoError(t, verify.Bound(context.Background(), p, plan))
	})
}
