package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// keepOut keeps a pod out of the zones of an app.
func keepOut(pod *corev1.Pod, app string) {
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
			TopologyKey: corev1.LabelTopologyZone, LabelSelector: problemtest.Apps(app),
		}},
	}}
}

// keptApart is two zones, in which a node of 1 CPU costs 1 and 3; one of 4 CPUs costs 4 in the
// first. Two pods of 1 CPU must be in one zone each, and one of 1 CPU keeps out of the zones of
// these: one of the three is left. A fourth asks for 4 CPUs. By the certificate a CPU is worth
// what it costs.
func keptApart() (binpack.Problem, binpack.Plan) {
	large := problemtest.InstanceType("large", "4", problemtest.List("cpu", "4", "pods", "9"))
	large.Offerings = []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: 4 * catalog.USD}}
	t := problemtest.InstanceType("m", "1", problemtest.List("cpu", "1", "pods", "9"))
	t.Offerings = []catalog.Offering{
		{Zone: "a", CapacityType: catalog.OnDemand, Price: 1 * catalog.USD},
		{Zone: "b", CapacityType: catalog.OnDemand, Price: 3 * catalog.USD},
	}
	pod := func(app, cpu, zone string) *corev1.Pod {
		pod := problemtest.Pod(problemtest.List("cpu", cpu))
		pod.Name, pod.Labels = app+zone, map[string]string{"app": app}
		if zone != "" {
			pod.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: zone}
		}
		return pod
	}
	shy, whole := pod("shy", "1", ""), pod("whole", "4", "")
	keepOut(shy, "loud")
	p := binpack.Problem{Catalog: catalog.Catalog{t, large}, Pods: []*corev1.Pod{pod("loud", "1", "a"), pod("loud", "1", "b"), shy, whole}}
	values := binpack.DomainValues{Pods: []int{0, 1, 2}, Key: corev1.LabelTopologyZone, Values: map[string]int64{"a": 1, "b": 3}}
	return p, binpack.Plan{
		Unschedulable: []binpack.Unschedulable{{Pod: shy, Count: 1}},
		Certificate:   certificateOf(binpack.Cut{Pods: []int64{1, 1, 1, 4}, Domains: []binpack.DomainValues{values}}),
	}
}

// TestBoundByConflict: the pod that is left is one of those that keep apart, not the one that is
// worth most, and what is placed of them is in both zones. Where the pods do not keep apart, the judge tries
// them on whole nodes.
func TestBoundByConflict(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*binpack.Problem)
		proven catalog.Price // USD
	}{
		"as it is": {func(*binpack.Problem) {}, 1 + 3 + 4},
		"without the rule": {func(p *binpack.Problem) {
			p.Pods[2].Spec.Affinity = nil
		}, 1 + 3 + 1},
		"of a lower priority": {func(p *binpack.Problem) {
			p.Pods[2].Spec.Priority = new(int32)
			*p.Pods[2].Spec.Priority = -1
		}, 1 + 3 + 4},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := keptApart()
			tt.change(&p)
			plan.LowerBound = tt.proven * catalog.USD
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			plan.LowerBound++
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}

// TestFewestOfPodsApart: of pods that keep away from each other, and from others too, one zone has
// room for one. So two pods are the most that two nodes hold, though they have room for three;
// no cut is needed to know that.
func TestFewestOfPodsApart(t *testing.T) {
	m := problemtest.InstanceType("m", "0", problemtest.List("cpu", "1", "pods", "9"))
	m.Offerings = []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: 0, Limit: 2}}
	pod := func(cpu string) *corev1.Pod {
		pod := problemtest.Pod(problemtest.List("cpu", cpu))
		pod.Labels = map[string]string{"app": "a"}
		return pod
	}
	shy := pod("500m")
	keepOut(shy, "a")
	p := binpack.Problem{Catalog: catalog.Catalog{m}, Workloads: []binpack.Workload{{Pod: pod("1"), Replicas: 2}, {Pod: shy, Replicas: 2}}}
	plan := binpack.Plan{Status: binpack.Optimal, Unschedulable: []binpack.Unschedulable{{Pod: shy, Count: 2}}}
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	p.Workloads[1].Pod = shy.DeepCopy()
	p.Workloads[1].Pod.Spec.Affinity = nil
	plan.Unschedulable[0].Pod = p.Workloads[1].Pod
	require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
}
