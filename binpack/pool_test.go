package binpack_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// limited returns a problem of n pods of 3 cores, and of a pool with nodes of 4 cores
// that states a limit in one way or the other.
func limited(n int, pool binpack.Pool) binpack.Problem {
	list := func(cpu string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	}
	web := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list("3")}}}}}
	web.Name = "web"
	return binpack.Problem{
		Workloads: []binpack.Workload{{Pod: web, Replicas: n}},
		Pools:     []binpack.Pool{pool},
		Catalog:   catalog.Catalog{{Name: "four", Capacity: list("4"), Offerings: []catalog.Offering{{Zone: "a", Price: catalog.USD}}}},
	}
}

func cores(n string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(n)}
}

// TestUsed: a limit and what is used of it are one limit of what is left, for plan,
// bound and judge, and reasons are in the numbers of the limit.
func TestUsed(t *testing.T) {
	for _, test := range []struct {
		limits, used string
		nodes        int
	}{{"100", "92", 2}, {"100", "91", 2}, {"100", "93", 1}, {"100", "100", 0}, {"100", "104", 0}, {"100", "0", 3}} {
		p := limited(3, binpack.Pool{Name: "a", Limits: cores(test.limits), Used: cores(test.used)})
		plan, err := solver.Solve(context.Background(), p)
		require.NoError(t, err)
		nodes := 0
		for _, l := range plan.Launches {
			nodes += l.Nodes()
		}
		require.Equal(t, test.nodes, nodes)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		require.NoError(t, verify.Bound(context.Background(), p, plan))
		plain := p
		plain.Pools = []binpack.Pool{{Name: "a", Limits: p.Pools[0].Left()}}
		same, err := solver.Solve(context.Background(), plain)
		require.NoError(t, err)
		require.Equal(t, plan.LowerBound, same.LowerBound)
		var file bytes.Buffer
		require.NoError(t, problemfile.Write(&file, p))
		read, err := problemfile.Read(&file)
		require.NoError(t, err)
		left, again := p.Pools[0].Left(), read.Pools[0].Left()
		require.Equal(t, left.Cpu().String(), again.Cpu().String())
	}
	p := limited(3, binpack.Pool{Name: "a", Limits: cores("100"), Used: cores("93")})
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "a: PoolLimit (Pools[0].limits[cpu]: one more four in a takes 4, 3 of 100 is left; fits four in a with Pools[0].limits[cpu]: 101)",
		plan.Unschedulable[0].Reasons[0].String())
	after := p.After(plan)
	require.Equal(t, "100", after.Pools[0].Limits.Cpu().String())
	require.Equal(t, "97", after.Pools[0].Used.Cpu().String())
}

func TestNodeIsNoResource(t *testing.T) {
	p := limited(1, binpack.Pool{Limits: corev1.ResourceList{"node": resource.MustParse("2")}})
	require.ErrorContains(t, p.Validate(), "Pools[0].Limits[node]: is no resource: \"nodes\"?")
	p = limited(1, binpack.Pool{Limits: cores("1"), Used: cores("-1")})
	require.ErrorContains(t, p.Validate(), "Pools[0].Used[cpu]: -1 is negative")
}
