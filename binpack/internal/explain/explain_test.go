package explain_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/explain"
	"github.com/stowage/stowage/catalog"
)

// What pools of higher weight could launch is asked once of each pool, not once for each
// pool below it: ten times the pools take about ten times the work.
func TestWorkOfWeights(t *testing.T) {
	few, many := explained(t, 20), explained(t, 200)
	require.Less(t, many, 20*few)
}

// explained returns how many allocations it takes to say why pods have no place in any of
// n pools of different weight, whose limits leave no launch.
func explained(t *testing.T, n int) float64 {
	cpu := func(amount string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(amount)}
	}
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: cpu("1")}}}}}
	p := &binpack.Problem{
		Workloads: []binpack.Workload{{Pod: pod, Replicas: 1}},
		Catalog:   catalog.Catalog{{Name: "m", Capacity: cpu("4"), Offerings: []catalog.Offering{{Zone: "a", Price: 1}}}},
	}
	for i := range n {
		p.Pools = append(p.Pools, binpack.Pool{Name: fmt.Sprint(i), Weight: int32(i), Limits: cpu("3")})
	}
	r, err := compile.Read(context.Background(), p)
	require.NoError(t, err)
	c, err := compile.Compile(context.Background(), r, r.Kinds, compile.Options{})
	require.NoError(t, err)
	return testing.AllocsPerRun(3, func() {
		for _, reason := range explain.New(c, nil).Explain(0) {
			require.Equal(t, binpack.PoolLimit, reason.Reason)
		}
	})
}
