package solver_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// available answers for every offering alike.
type available int

func (a available) Available(catalog.Key) int { return int(a) }

// TestLimitsLeaveAsFewAsCanBe: two small nodes and one large one are there, and
// 8 cpu in all.
func TestLimitsLeaveAsFewAsCanBe(t *testing.T) {
	p := problemtest.Small()
	p.Catalog[0].Offerings[0].Limit = 2
	p.Catalog[1].Offerings[0].Limit = 1
	p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(problemtest.List("cpu", "1")), Replicas: 11}}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, 3, plan.Unschedulable[0].Count)
	require.Equal(t, "default: NoAvailableOffering (small in a: all launches are used)", plan.Unschedulable[0].Reasons[0].String())
	require.True(t, plan.Unschedulable[0].Reasons[0].Reason.Temporary())
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

// TestPriorities: where a limit leaves pods pending it leaves those of lower
// priority, however many of them would fit in the place of one.
func TestPriorities(t *testing.T) {
	high := int32(10)
	p := problemtest.Small()
	p.Pools[0].Limits = problemtest.List("cpu", "4")
	p.Workloads = []binpack.Workload{
		{Pod: problemtest.Pod(problemtest.List("cpu", "500m")), Replicas: 8},
		{Pod: problemtest.Pod(problemtest.List("cpu", "3"), func(s *corev1.PodSpec) { s.Priority = &high }), Replicas: 1},
	}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Len(t, plan.Unschedulable, 1)
	require.Same(t, p.Workloads[0].Pod, plan.Unschedulable[0].Pod)
	require.Equal(t, 6, plan.Unschedulable[0].Count, "two more fit beside the large one")
	require.Equal(t, "default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 0 is left; fits small in a with Pools[0].limits[cpu]: 6)", plan.Unschedulable[0].Reasons[0].String())
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

// TestNeighbours: rules about the pods of one node.
func TestNeighbours(t *testing.T) {
	web := func(change ...func(*corev1.PodSpec)) *corev1.Pod {
		p := problemtest.Pod(problemtest.List("cpu", "1"), change...)
		p.Labels = map[string]string{"app": "web"}
		return p
	}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	apart := func(s *corev1.PodSpec) {
		s.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
			{TopologyKey: corev1.LabelHostname, LabelSelector: selector}}}}
	}
	spread := func(s *corev1.PodSpec) {
		s.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 2, TopologyKey: corev1.LabelHostname, LabelSelector: selector}}
	}
	other := problemtest.Pod(problemtest.List("cpu", "1"), apart)
	for name, test := range map[string]struct {
		workloads []binpack.Workload
		cost      string
	}{
		"none":                 {[]binpack.Workload{{Pod: web(), Replicas: 4}}, "0.2"},
		"repels itself":        {[]binpack.Workload{{Pod: web(apart), Replicas: 4}}, "0.4"},
		"repels another":       {[]binpack.Workload{{Pod: web(), Replicas: 2}, {Pod: other, Replicas: 2}}, "0.2"},
		"only where it is":     {[]binpack.Workload{{Pod: web(), Replicas: 1}, {Pod: other, Replicas: 1}}, "0.2"},
		"spread":               {[]binpack.Workload{{Pod: web(spread), Replicas: 4}}, "0.2"},
		"spread counts others": {[]binpack.Workload{{Pod: web(spread), Replicas: 2}, {Pod: web(), Replicas: 2}}, "0.2"},
		"ports":                {[]binpack.Workload{{Pod: web(claims(80)), Replicas: 3}}, "0.3"},
		"other ports":          {[]binpack.Workload{{Pod: web(claims(80)), Replicas: 1}, {Pod: web(claims(81)), Replicas: 1}}, "0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := problemtest.Small()
			p.Workloads = test.workloads
			plan, err := solver.Solve(context.Background(), p)
			require.NoError(t, err)
			require.Empty(t, plan.Unschedulable)
			require.Equal(t, test.cost, plan.Cost.String())
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
		})
	}
}

// claims lets the pod claim a port of its host.
func claims(port int32) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: port, HostPort: port}}
	}
}

// TestPreferNoSchedule: a pod goes to a pool that it would rather not be in
// only where no other is possible.
func TestPreferNoSchedule(t *testing.T) {
	p := problemtest.Small()
	p.Pools = []binpack.Pool{
		{Name: "cheap", Taints: []corev1.Taint{{Key: "slow", Effect: corev1.TaintEffectPreferNoSchedule}}, Requirements: []corev1.NodeSelectorRequirement{problemtest.Requirement("size", "DoesNotExist")}},
		{Name: "dear", Requirements: []corev1.NodeSelectorRequirement{problemtest.Requirement("size", "Exists")}},
	}
	p.Pods = []*corev1.Pod{problemtest.Pod(problemtest.List("cpu", "2"))}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "dear", plan.Launches[0].Pool)
	p.Pools[1].Taints = []corev1.Taint{{Key: "closed", Effect: corev1.TaintEffectNoSchedule}}
	plan, err = solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "cheap", plan.Launches[0].Pool)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
}

func TestNothingToPlace(t *testing.T) {
	p := problemtest.Small()
	p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(problemtest.List("cpu", "1")), Replicas: 0}}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, binpack.Optimal, plan.Status)
	require.Zero(t, plan.Cost)
	require.Empty(t, plan.Launches)
	require.Empty(t, plan.Unschedulable)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
}

func TestZeroPriceIsLegal(t *testing.T) {
	p := problemtest.Small()
	p.Catalog[1].Offerings[0].Price = 0
	p.Catalog[1].Offerings[0].Limit = 1
	p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(problemtest.List("cpu", "1")), Replicas: 5}}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "0.1", plan.Cost.String())
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

func TestContextEnds(t *testing.T) {
	p := problemtest.Small()
	p.Pods = []*corev1.Pod{problemtest.Pod(problemtest.List("cpu", "1"))}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := solver.Solve(ctx, p)
	require.ErrorIs(t, err, context.Canceled, "there is no plan yet")

	p = problemtest.Problem(t, "c5m5r5-mix-100")
	ctx, cancel = context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	plan, err := solver.Solver{Work: -1}.Solve(ctx, p)
	require.NoError(t, err)
	require.Equal(t, binpack.Interrupted, plan.Status)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
