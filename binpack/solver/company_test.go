package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// TestPodsWithoutCompany: pods that wait for others that never come, and pods that wait for these, are left in every plan. So the bound is
// that of the others, not of those that are worth least.
func TestPodsWithoutCompany(t *testing.T) {
	waiting := func(app, with, cpu string) binpack.Workload {
		pod := problemtest.Pod(problemtest.List("cpu", cpu))
		pod.Labels = map[string]string{"app": app}
		if with != "" {
			pod.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
				{TopologyKey: corev1.LabelTopologyZone, LabelSelector: problemtest.Apps(with)},
			}}}
		}
		return binpack.Workload{Pod: pod, Replicas: 3}
	}
	p := problemtest.Small()
	p.Workloads = []binpack.Workload{waiting("web", "", "1"), waiting("lonely", "nobody", "500m"), waiting("friend", "lonely", "250m"), waiting("first", "first", "1")}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Len(t, plan.Unschedulable, 2)
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))

	there := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "there", Labels: map[string]string{"app": "nobody"}}}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node", Labels: map[string]string{corev1.LabelTopologyZone: "a"}}}
	p.Existing = []binpack.ExistingNode{{Node: node, Pods: []*corev1.Pod{there}}}
	plan, err = solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
