package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// TestFewNodesAtOneCost: two small nodes and a large one cost the same.
func TestFewNodesAtOneCost(t *testing.T) {
	p := problemtest.Small()
	p.Workloads = []binpack.Workload{
		{Pod: problemtest.Pod(problemtest.List("cpu", "2")), Replicas: 4},
		{Pod: problemtest.Pod(problemtest.List("cpu", "2", "memory", "1Gi")), Replicas: 3},
	}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "0.7", plan.Cost.String())
	require.Equal(t, binpack.Optimal, plan.Status)
	require.Equal(t, 4, nodes(plan), "three large ones and a small one")

	p.Catalog[1].Offerings[0].Limit = 1
	plan, err = solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, 6, nodes(plan), "one large one and five small ones")

	apart := problemtest.Pod(problemtest.List("cpu", "1"))
	apart.Labels = map[string]string{"app": "a"}
	apart.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
		TopologyKey: corev1.LabelHostname, LabelSelector: problemtest.Apps("a")}}}}
	p = problemtest.Small()
	p.Workloads = []binpack.Workload{{Pod: apart, Replicas: 4}}
	plan, err = solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, 4, nodes(plan), "none may be joined")
}

func nodes(plan binpack.Plan) int {
	n := 0
	for _, l := range plan.Launches {
		n += l.Nodes()
	}
	return n
}

// TestNoTwoNodesCanBeJoined: where no rule is but room, no two nodes of a plan fit on one
// that costs what they do. Nodes that cost nothing are left aside.
func TestNoTwoNodesCanBeJoined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Small())
		plan := problemtest.Solved(t, p)
		all := fold.Unfold(plan.Launches)
		for i := range all {
			for k := i + 1; k < len(all); k++ {
				joined := plan
				joined.Launches = nil
				for n, l := range all {
					if n != i && n != k {
						joined.Launches = append(joined.Launches, l)
					}
				}
				one := all[i]
				one.Count = 1
				one.Pods = append(append([]binpack.Placement{}, all[i].Pods...), all[k].Pods...)
				for _, pool := range p.EffectivePools() {
					for key, o := range p.CatalogOf(&pool).Offerings() {
						if o.Price != all[i].Price+all[k].Price || all[i].Price == 0 || all[k].Price == 0 {
							continue
						}
						one.Pool, one.Offering, one.Price = pool.Name, key, o.Price
						with := joined
						with.Launches = append(append([]binpack.Launch{}, joined.Launches...), one)
						require.Error(t, verify.Plan(context.Background(), p, with), "%v and %v fit on %v", all[i].Offering, all[k].Offering, key)
					}
				}
			}
		}
	})
}
