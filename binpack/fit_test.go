package binpack_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/solver"
)

// TestUnfitAgreesWithPlans: what a plan puts on a node fits beside all else that is
// there, and all of it is what the launch is said to ask for.
func TestUnfitAgreesWithPlans(t *testing.T) {
	for seed := range uint64(6) {
		p := gen.MixRules(seed, 30, 6)
		plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
		require.NoError(t, err)
		after := p.After(plan)
		at := len(p.Existing)
		for _, l := range plan.Launches {
			for range l.Nodes() {
				e := after.Existing[at]
				at++
				requireFull(t, p, l, e)
			}
		}
		require.Len(t, after.Existing, at)
	}
}

func requireFull(t *testing.T, p binpack.Problem, l binpack.Launch, e binpack.ExistingNode) {
	sum := corev1.ResourceList{}
	for i, pod := range e.Pods {
		waiting := pod.DeepCopy()
		waiting.Spec.NodeName = ""
		others := binpack.ExistingNode{Node: e.Node, Pods: slices.Delete(slices.Clone(e.Pods), i, i+1)}
		reason, detail := binpack.Unfit(waiting, others)
		require.Empty(t, reason, detail.String())
		for name, q := range binpack.Requests(pod) {
			on := sum[name]
			on.Add(q)
			sum[name] = on
		}
	}
	asked := p.RequestsOn(l)
	require.Len(t, asked, len(sum))
	for name, q := range asked {
		require.Zero(t, q.Cmp(sum[name]), name)
	}
}

func TestUnfit(t *testing.T) {
	node := &corev1.Node{}
	node.Name, node.Labels = "n1", map[string]string{corev1.LabelTopologyZone: "a"}
	node.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourcePods: resource.MustParse("3")}
	pod := func(cpu string, change func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: cores(cpu)}}}}}
		change(p)
		return p
	}
	plain := func(*corev1.Pod) {}
	port := func(p *corev1.Pod) { p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}} }
	there := []*corev1.Pod{pod("1", port), pod("1", plain)}
	tainted := node.DeepCopy()
	tainted.Spec.Taints = []corev1.Taint{{Key: "team", Value: "b", Effect: corev1.TaintEffectNoSchedule}}
	for _, test := range []struct {
		name   string
		pod    *corev1.Pod
		node   *corev1.Node
		reason binpack.Reason
		detail string
	}{
		{"fits", pod("2", plain), node, "", ""},
		{"room", pod("2500m", plain), node, binpack.InsufficientResources, "asks for 2500m of cpu, the most on a new node is 2 (n1)"},
		{"selector", pod("1", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "b"} }), node,
			binpack.NodeAffinity, "spec.nodeSelector: topology.kubernetes.io/zone=b"},
		{"taint", pod("1", plain), tainted, binpack.UntoleratedTaint, "spec.tolerations: team=b:NoSchedule"},
		{"port", pod("1", port), node, binpack.HostPort, "spec.containers[0].ports[0].hostPort: TCP 80"},
		{"gate", pod("1", func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "g"}} }), node,
			binpack.SchedulingGated, "spec.schedulingGates: g"},
	} {
		t.Run(test.name, func(t *testing.T) {
			reason, detail := binpack.Unfit(test.pod, binpack.ExistingNode{Node: test.node, Pods: there})
			require.Equal(t, test.reason, reason)
			require.Equal(t, test.detail, detail.String())
		})
	}
}

func TestDaemonsOn(t *testing.T) {
	p := limited(1, binpack.Pool{Name: "a", Labels: map[string]string{"team": "b"}})
	agent, other := p.Workloads[0].Pod.DeepCopy(), p.Workloads[0].Pod.DeepCopy()
	agent.Spec.Containers[0].Resources.Requests = cores("500m")
	other.Spec.NodeSelector = map[string]string{"team": "c"}
	p.DaemonPods = []*corev1.Pod{agent, other}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, []*corev1.Pod{agent}, p.DaemonsOn(plan.Launches[0]))
	asked := p.RequestsOn(plan.Launches[0])
	require.Equal(t, "3500m", asked.Cpu().String())
	require.Equal(t, "2", asked.Pods().String())
}
