package solver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// BenchmarkOwnKeys shows what keys cost whose values launches choose, on all types of
// EC2: teams and environments; each pod names its team, or both.
func BenchmarkOwnKeys(b *testing.B) {
	catalog := problemtest.Problem(b, "all-openb-1000").Catalog
	for _, size := range []struct{ teams, environments int }{{20, 1}, {20, 4}, {100, 5}} {
		for _, named := range []string{"team", "both"} {
			b.Run(fmt.Sprintf("%dx%d/names=%s", size.teams, size.environments, named), func(b *testing.B) {
				p := separated(size.teams, size.environments, named == "both")
				p.Catalog = catalog
				benchmarkLarge(b, solver.Solver{}, p)
			})
		}
	}
}

// TestSeparated: nodes of several teams have nothing to do with each other, and what each
// costs at least all do together. So a plan of many teams is proven as well as one of each
// alone, and costs as much.
func TestSeparated(t *testing.T) {
	p := separated(20, 3, true)
	p.Catalog = problemtest.Problem(t, "c5m5r5-mix-100").Catalog
	whole, sum := solved(t, p), binpack.Plan{}
	require.Equal(t, binpack.Optimal, whole.Status)
	for w := range p.Workloads {
		one := p
		one.Workloads = p.Workloads[w : w+1]
		plan := solved(t, one)
		require.Equal(t, binpack.Optimal, plan.Status)
		sum.Cost += plan.Cost
	}
	require.Equal(t, sum.Cost, whole.Cost)
}

// solved returns a plan that is sound and proven.
func solved(t *testing.T, p binpack.Problem) binpack.Plan {
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	return plan
}

// separated returns 1,000 pods, of as many kinds as there are pairs of a team and an
// environment, on a pool that leaves both keys open. Each kind names its team, some also
// their environment.
func separated(teams, environments int, both bool) binpack.Problem {
	const team, environment, pods = "example.com/team", "example.com/environment", 1000
	pool := binpack.Pool{Name: "main", Keys: map[string][]string{team: nil, environment: nil}}
	var p binpack.Problem
	var values [2][]string
	for e := range environments {
		values[1] = append(values[1], fmt.Sprint("e", e))
	}
	for t := range teams {
		values[0] = append(values[0], fmt.Sprint("t", t))
		for e := range environments {
			pod := &corev1.Pod{}
			pod.Namespace, pod.Name = "default", fmt.Sprintf("t%d-e%d", t, e)
			pod.Spec.NodeSelector = map[string]string{team: values[0][t]}
			if both {
				pod.Spec.NodeSelector[environment] = values[1][e]
			}
			pod.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
				corev1.ResourceCPU:    *resource.NewMilliQuantity(int64(250*(1+(t+e)%5)), resource.DecimalSI),
				corev1.ResourceMemory: *resource.NewQuantity(int64(1+(3*t+e)%4)<<29, resource.BinarySI),
			}}}}
			p.Workloads = append(p.Workloads, binpack.Workload{Pod: pod, Replicas: pods / (teams * environments)})
		}
	}
	for i, key := range []string{team, environment} {
		pool.Requirements = append(pool.Requirements, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values[i]})
	}
	p.Pools = []binpack.Pool{pool}
	return p
}
