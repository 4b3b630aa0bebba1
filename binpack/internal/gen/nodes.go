package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

const (
	rackKey  = "rack"  // a label of offerings
	readyKey = "ready" // a label of every node
)

// nodes adds what this package knows of nodes beside Existing: labels of offerings and of
// every node, daemons that are pods to others, nodes on their way, offerings without
// stock, and a pod that cannot be read.
func (r Rules) nodes(t *rapid.T, p *binpack.Problem) {
	for _, it := range p.Catalog {
		for i := range it.Offerings {
			o := &it.Offerings[i]
			if rack := oneOf(t, "rack", "", "r1", "r2"); rack != "" {
				o.Labels = map[string]string{rackKey: rack}
			}
			o.Unavailable = o.Unavailable || sometimes(t, 4, "sold out")
		}
	}
	if sometimes(t, 2, "labels of every node") {
		p.NodeLabels = map[string]string{readyKey: "yes"}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "more daemons") {
		p.DaemonPods = append(p.DaemonPods, r.daemon(t, i))
	}
	for i := range rapid.IntRange(0, 1).Draw(t, "joining nodes") {
		p.Existing = append(p.Existing, r.joining(t, p, len(p.Existing)+i))
	}
	for i := range p.Pods {
		r.aboutNodes(t, p.Pods[i])
	}
	for i := range p.Workloads {
		r.aboutNodes(t, p.Workloads[i].Pod)
	}
}

// aboutNodes adds a rule to a pod, or something that cannot be read.
func (r Rules) aboutNodes(t *rapid.T, p *corev1.Pod) {
	near := []corev1.PodAffinityTerm{{TopologyKey: oneOf(t, "of daemons", corev1.LabelHostname, corev1.LabelTopologyZone), LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"role": oneOf(t, "role", "agent", "guard")}}}}
	switch rapid.IntRange(0, 9).Draw(t, "about nodes") {
	case 0:
		p.Spec.NodeSelector = map[string]string{rackKey: oneOf(t, "rack", "r1", "r2")}
	case 1:
		p.Spec.NodeSelector = map[string]string{readyKey: "yes"}
	case 2:
		affinityOf(p).PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: near}
	case 3:
		affinityOf(p).PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: near}
	case 4:
		p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: oneOf(t, "spread by", corev1.LabelHostname, corev1.LabelTopologyZone, rackKey),
			WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &metav1.LabelSelector{},
		}}
	case 5:
		if sometimes(t, 3, "unreadable") {
			near[0].LabelSelector.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: "app", Operator: "Is"}}
			affinityOf(p).PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: near}
		}
	}
}

// daemon draws a daemon that rules between pods see.
func (r Rules) daemon(t *rapid.T, i int) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("daemon-%d", i), Labels: map[string]string{"role": oneOf(t, "role", "agent", "guard")}}}
	main := corev1.Container{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{}}}
	quantities(t, main.Resources.Requests, corev1.ResourceCPU, "100m", "", "250m")
	p.Spec.Containers = []corev1.Container{main}
	switch rapid.IntRange(0, 5).Draw(t, "runs on") {
	case 0:
		p.Spec.NodeSelector = map[string]string{rackKey: "r1"}
	case 1:
		p.Spec.NodeSelector = map[string]string{readyKey: "yes"}
	case 2:
		p.Spec.NodeSelector = map[string]string{"size": "2"}
	}
	if sometimes(t, 3, "repels") {
		affinityOf(p).PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms(t)}
	}
	if sometimes(t, 6, "claims") {
		p.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "g"}}
	}
	return p
}

// joining draws a node that is on its way.
func (r Rules) joining(t *rapid.T, p *binpack.Problem, i int) binpack.ExistingNode {
	e := r.existing(t, i)
	e.Joining = true
	if len(p.Pools) > 0 && sometimes(t, 2, "startup taint") {
		p.Pools[0].StartupTaints = []corev1.Taint{{Key: "starting", Effect: corev1.TaintEffectNoExecute}}
		e.Pool = p.Pools[0].Name
		e.Node.Spec.Taints = append(e.Node.Spec.Taints, p.Pools[0].StartupTaints[0])
	}
	e.Node.Spec.Taints = append(e.Node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule})
	switch rapid.IntRange(0, 3).Draw(t, "known by") { // its type, its launch, or its object alone
	case 0:
		it := p.Catalog[rapid.IntRange(0, len(p.Catalog)-1).Draw(t, "type")]
		e.Node.Labels[corev1.LabelInstanceTypeStable] = it.Name
		e.Node.Status.Allocatable = corev1.ResourceList{}
	case 1:
		it := p.Catalog[rapid.IntRange(0, len(p.Catalog)-1).Draw(t, "type")]
		if len(p.Pools) > 0 && len(it.Offerings) > 0 {
			offering := it.Key(rapid.IntRange(0, len(it.Offerings)-1).Draw(t, "offering"))
			e.Launch = &binpack.Launch{Pool: p.Pools[0].Name, Offering: offering}
			e.Node.Labels, e.Node.Status.Allocatable = map[string]string{}, corev1.ResourceList{} // it has reported nothing
		}
	}
	if len(p.DaemonPods) > 0 && sometimes(t, 3, "a daemon has arrived") {
		there := p.DaemonPods[0].DeepCopy()
		there.Spec.NodeName = e.Node.Name
		e.Pods = append(e.Pods, there)
	}
	return e
}
