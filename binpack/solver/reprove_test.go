package solver_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestEveryBoundIsProvenAgain: every plan of a problem with all rules is one that Verify
// accepts, and what Solve says of its bound and status the judge proves from the plan.
// Many: go test ./binpack/solver -run Proven -rapid.checks 100000 -timeout 0.
func TestEveryBoundIsProvenAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requireProven(t, problemtest.Drawn(t, gen.Toy().With(gen.All())), solver.Solver{Work: 200_000})
	})
}

// TestBoundsOfManyPools: the same of up to 300 pools, with weights, limits, both or
// neither.
func TestBoundsOfManyPools(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireProven(t, drawPools(t, 12), solver.Solver{Work: 100_000}) })
	for _, pools := range []int{30, 100, 300} {
		for _, limited := range []bool{false, true} {
			t.Run(fmt.Sprint(pools, limited), func(t *testing.T) {
				requireProven(t, weightedPools(pools, limited), solver.Solver{Work: 100_000})
			})
		}
	}
}

// TestWhomNoNodeHoldsIsInNoConflict: nobody is kept out of a domain by pods that no launch
// holds; pods that only these tie together are not of one conflict. Solver and judge agree
// on which are.
func TestWhomNoNodeHoldsIsInNoConflict(t *testing.T) {
	p, err := problemfile.Read(strings.NewReader(`{
		"instanceTypes": [
			{"name": "large", "allocatable": {"cpu": "4", "memory": "2Gi"}, "offerings": [{"price": 0}]},
			{"name": "two", "allocatable": {"cpu": "1"}, "labels": {"size": "2"}, "offerings": [{"price": 2e-9}]},
			{"name": "one", "allocatable": {}, "labels": {"size": "1"}, "offerings": [{"price": 4e-9}]}],
		"quotas": [{"name": "quota", "left": {"cpu": "3"}}],
		"pods": [
			{"name": "small"},
			{"name": "homeless", "pod": {"spec": {
				"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {}, "topologyKey": "size"}]}},
				"containers": [{"resources": {"requests": {"memory": "1500Mi"}}}]}}},
			{"name": "kept", "pod": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"resources": {"requests": {"cpu": "250m"}}}]}}},
			{"name": "shy", "count": 27, "pod": {"spec": {
				"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {"matchLabels": {"app": "a"}}, "topologyKey": "size"}]}},
				"containers": [{"ports": [{"hostPort": 81}], "resources": {"requests": {"cpu": "500m"}}}]}}}]}`))
	require.NoError(t, err)
	requireProven(t, p, solver.Solver{})
}

func requireProven(t require.TestingT, p binpack.Problem, s solver.Solver) {
	plan, err := s.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

// weightedPools is a problem of some shapes and many pools, each of a weight of its own.
func weightedPools(n int, limited bool) binpack.Problem {
	p := binpack.Problem{Catalog: fewTypes()}
	for i := range n {
		pool := binpack.Pool{Name: fmt.Sprintf("p%d", i), Weight: int32(i)}
		if limited {
			pool.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4")}
		}
		p.Pools = append(p.Pools, pool)
	}
	for i := range 10 {
		p.Workloads = append(p.Workloads, replicas(fmt.Sprintf("a%d", i), int64(100+37*i), 10))
	}
	return p
}

// drawPools draws a problem of up to most pools, whose weights may be equal.
func drawPools(t *rapid.T, most int) binpack.Problem {
	p := binpack.Problem{Catalog: fewTypes()}
	for i := range rapid.IntRange(1, most).Draw(t, "pools") {
		pool := binpack.Pool{Name: fmt.Sprintf("p%d", i), Weight: rapid.Int32Range(0, 3).Draw(t, "weight")}
		if limit := rapid.Int64Range(0, 12).Draw(t, "limit"); limit > 0 {
			pool.Limits = corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(limit, resource.DecimalSI)}
		}
		p.Pools = append(p.Pools, pool)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "shapes") {
		p.Workloads = append(p.Workloads, replicas(fmt.Sprintf("a%d", i), rapid.Int64Range(1, 20).Draw(t, "cpu")*100, rapid.IntRange(1, 30).Draw(t, "pods")))
	}
	return p
}

func fewTypes() catalog.Catalog {
	var out catalog.Catalog
	for i, size := range []string{"2", "4", "8"} {
		capacity := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(size), corev1.ResourcePods: resource.MustParse("110")}
		price := []catalog.Price{85, 160, 330}[i] * catalog.USD / 1000
		out = append(out, &catalog.InstanceType{Name: "t" + size, Capacity: capacity, Offerings: []catalog.Offering{
			{Zone: "a", CapacityType: catalog.OnDemand, Price: price}, {Zone: "b", CapacityType: catalog.OnDemand, Price: price},
		}})
	}
	return out
}

func replicas(name string, millis int64, pods int) binpack.Workload {
	pod := &corev1.Pod{}
	pod.Name, pod.Namespace = name, "default"
	pod.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU: *resource.NewMilliQuantity(millis, resource.DecimalSI),
	}}}}
	return binpack.Workload{Pod: pod, Replicas: pods}
}
