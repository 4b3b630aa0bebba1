package gen

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// MixRules is Mix with all kinds of rules at once: pools of different weight, one
// of them limited, spot and on-demand, daemons, a quota, existing nodes, and
// shapes with spread over zones and nodes, affinity, anti-affinity, host ports,
// selectors, tolerations and priorities.
func MixRules(seed uint64, pods, shapes int) binpack.Problem {
	random := rand.New(rand.NewPCG(seed, 1))
	p := Mix(seed, pods, shapes)
	for _, t := range p.Catalog {
		for _, o := range t.Offerings {
			o.CapacityType, o.Price = catalog.Spot, o.Price*3/10
			t.Offerings = append(t.Offerings, o)
		}
	}
	p.Pools = []binpack.Pool{
		{Name: "spot", Weight: 10, Requirements: capacityType("spot"), Limits: corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(int64(pods/10), resource.DecimalSI)}},
		{Name: "general", Requirements: capacityType("on-demand")},
		{Name: "batch", Requirements: capacityType("on-demand"), Taints: []corev1.Taint{{Key: "batch", Effect: corev1.TaintEffectNoSchedule}}},
	}
	p.Quotas = []binpack.Quota{{Name: "large", Requirements: []corev1.NodeSelectorRequirement{{
		Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{"zone-a"},
	}}, Left: corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(int64(pods/2), resource.DecimalSI)}}}
	agent := p.Workloads[0].Pod.DeepCopy()
	agent.Name = "agent"
	agent.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("64Mi")}
	p.DaemonPods = []*corev1.Pod{agent}
	for i := range p.Workloads {
		ruled(random, p.Workloads[i].Pod, i)
	}
	for i := range min(pods/200, 100) {
		p.Existing = append(p.Existing, up(p, random, i))
	}
	return p
}

func capacityType(value string) []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: catalog.CapacityTypeLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{value}}}
}

// ruled gives the pod of shape i a rule or none.
func ruled(random *rand.Rand, pod *corev1.Pod, i int) {
	pod.Labels = map[string]string{"app": pod.Name}
	own := &metav1.LabelSelector{MatchLabels: pod.Labels}
	next := &metav1.LabelSelector{MatchLabels: map[string]string{"app": fmt.Sprintf("shape-%d", i+1)}}
	pod.Spec.Affinity = &corev1.Affinity{}
	switch random.IntN(10) {
	case 0, 1, 2:
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, LabelSelector: own}}
	case 3:
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 3, TopologyKey: corev1.LabelHostname, LabelSelector: own}}
	case 4:
		pod.Spec.Affinity.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelHostname, LabelSelector: next}}}
	case 5:
		pod.Spec.Affinity.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelTopologyZone, LabelSelector: own}}}
	case 6:
		pod.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: []string{"zone-a", "zone-b"}[random.IntN(2)]}
	case 7:
		pod.Spec.Tolerations = []corev1.Toleration{{Key: "batch", Operator: corev1.TolerationOpExists}}
	case 8:
		priority := int32(random.IntN(3))
		pod.Spec.Priority = &priority
	}
}

// up returns an existing node, with pods of some of the shapes.
func up(p binpack.Problem, random *rand.Rand, i int) binpack.ExistingNode {
	t := p.Catalog[random.IntN(len(p.Catalog))]
	zone := []string{"zone-a", "zone-b"}[i%2]
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%d", i), Labels: map[string]string{
		corev1.LabelTopologyZone: zone, corev1.LabelInstanceTypeStable: t.Name, catalog.CapacityTypeLabel: "on-demand",
	}}}
	node.Status.Allocatable = t.Allocatable()
	n := binpack.ExistingNode{Node: node}
	for range 1 + random.IntN(3) {
		pod := p.Workloads[random.IntN(len(p.Workloads))].Pod.DeepCopy()
		pod.Name = fmt.Sprintf("%s-up-%d-%d", pod.Name, i, len(n.Pods))
		pod.Spec.NodeName = node.Name
		n.Pods = append(n.Pods, pod)
	}
	return n
}
