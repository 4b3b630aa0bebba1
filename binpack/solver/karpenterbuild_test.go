package solver_test

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// Topology keys, and what Karpenter's fake cloud (ksTypes) calls its zones and
// the types that the situations name.
const (
	keyZone   = corev1.LabelTopologyZone
	keyNode   = corev1.LabelHostname
	keyMarket = catalog.CapacityTypeLabel
	keyArch   = corev1.LabelArchStable
	keyType   = corev1.LabelInstanceTypeStable

	zone1, zone2, zone3 = "test-zone-1", "test-zone-2", "test-zone-3"

	smallType, ordinaryType, singlePodType = "small-instance-type", "default-instance-type", "single-pod-instance-type"
)

// poolOf is a pool with these rules.
func poolOf(name string, rules ...func(*binpack.Pool)) binpack.Pool {
	p := binpack.Pool{Name: name}
	for _, rule := range rules {
		rule(&p)
	}
	return p
}

// allowing lets a pool launch only what has one of the values; a key that
// nothing has is open: the launch chooses.
func allowing(key string, values ...string) func(*binpack.Pool) {
	return func(p *binpack.Pool) {
		p.Requirements = append(p.Requirements, problemtest.Requirement(key, corev1.NodeSelectorOpIn, values...))
	}
}

func labelsOf(kv ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		out[kv[i]] = kv[i+1]
	}
	return out
}

func bearing(kv ...string) func(*binpack.Pool) {
	return func(p *binpack.Pool) { p.Labels = labelsOf(kv...) }
}

func tainted(taints ...corev1.Taint) func(*binpack.Pool) {
	return func(p *binpack.Pool) { p.Taints = taints }
}

// limited leaves a pool so much of a resource.
func limited(name, left string) func(*binpack.Pool) {
	return func(p *binpack.Pool) { p.Limits = problemtest.List(name, left) }
}

// running is an existing node of the fake cloud, with these pods on it.
func running(name, itype, zone string, market catalog.CapacityType, pods ...binpack.Workload) binpack.ExistingNode {
	key := catalog.Key{InstanceType: itype, Zone: zone, CapacityType: market}
	node := binpack.Problem{Catalog: ksTypes()}.Node(binpack.Launch{Offering: key})
	node.Name = name
	return holding(node, pods...)
}

// foreign is a node that no pool would launch: with these labels only, and room
// for none.
func foreign(name string, labels map[string]string, taints ...corev1.Taint) *corev1.Node {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
	node.Spec.Taints = taints
	node.Status.Allocatable = problemtest.List("cpu", "100m")
	return node
}

// holding puts the pods on the node.
func holding(node *corev1.Node, pods ...binpack.Workload) binpack.ExistingNode {
	out := binpack.ExistingNode{Node: node}
	for _, w := range pods {
		for range w.Replicas {
			p := w.Pod.DeepCopy()
			p.Name = fmt.Sprintf("%s-%s-%d", node.Name, p.Name, len(out.Pods))
			p.Spec.NodeName = node.Name
			out.Pods = append(out.Pods, p)
		}
	}
	return out
}

// A podRule is something that a pod's author states.
type podRule func(*corev1.Pod)

// deployment is a number of alike pods with the label app. They ask for
// nothing, unless a rule does.
func deployment(replicas int, app string, rules ...podRule) binpack.Workload {
	p := problemtest.Pod(nil)
	p.Name, p.Labels = app, labelsOf("app", app)
	for _, rule := range rules {
		rule(p)
	}
	return binpack.Workload{Pod: p, Replicas: replicas}
}

func cpu(amount string) podRule {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = problemtest.List("cpu", amount) }
}

func labelled(key, value string) podRule {
	return func(p *corev1.Pod) { p.Labels[key] = value }
}

func namespaced(name string) podRule {
	return func(p *corev1.Pod) { p.Namespace = name }
}

func priority(value int32) podRule {
	return func(p *corev1.Pod) { p.Spec.Priority = &value }
}

func phase(phase corev1.PodPhase) podRule {
	return func(p *corev1.Pod) { p.Status.Phase = phase }
}

func gated(p *corev1.Pod) {
	p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "example.com/wait"}}
}

func deleted(p *corev1.Pod) {
	at := metav1.NewTime(time.Unix(1, 0))
	p.DeletionTimestamp = &at
}

func tolerating(key string, op corev1.TolerationOperator, value string, effect corev1.TaintEffect) podRule {
	return func(p *corev1.Pod) {
		p.Spec.Tolerations = append(p.Spec.Tolerations, corev1.Toleration{Key: key, Operator: op, Value: value, Effect: effect})
	}
}

// claiming mounts a volume claim.
func claiming(name string) podRule {
	return func(p *corev1.Pod) {
		source := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
	}
}

// selecting is a node selector.
func selecting(key, value string) podRule {
	return func(p *corev1.Pod) { p.Spec.NodeSelector = labelsOf(key, value) }
}

// requiring is required node affinity to one of the values of each key.
func requiring(key string, values ...string) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).NodeAffinity
		if a.RequiredDuringSchedulingIgnoredDuringExecution == nil {
			a.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: make([]corev1.NodeSelectorTerm, 1)}
		}
		term := &a.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0]
		term.MatchExpressions = append(term.MatchExpressions, problemtest.Requirement(key, corev1.NodeSelectorOpIn, values...))
	}
}

// preferring is preferred node affinity.
func preferring(key string, values ...string) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).NodeAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution, corev1.PreferredSchedulingTerm{
			Weight: 1, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{problemtest.Requirement(key, corev1.NodeSelectorOpIn, values...)}},
		})
	}
}

// affinityOf returns the pod's affinity; where it has none, an empty one of
// each kind.
func affinityOf(p *corev1.Pod) *corev1.Affinity {
	if p.Spec.Affinity == nil {
		p.Spec.Affinity = &corev1.Affinity{
			NodeAffinity: &corev1.NodeAffinity{}, PodAffinity: &corev1.PodAffinity{}, PodAntiAffinity: &corev1.PodAntiAffinity{},
		}
	}
	return p.Spec.Affinity
}

func emptyAffinity(p *corev1.Pod) { affinityOf(p) }

// selectApp selects the pods of a deployment.
func selectApp(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: labelsOf("app", name)}
}

// selectGroup selects pods that have a label in common, whatever their app.
func selectGroup(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: labelsOf("group", name)}
}

func termTo(name, key string, change []func(*corev1.PodAffinityTerm)) corev1.PodAffinityTerm {
	term := corev1.PodAffinityTerm{LabelSelector: selectApp(name), TopologyKey: key}
	for _, f := range change {
		f(&term)
	}
	return term
}

// near is required affinity to the pods of an app.
func near(name, key string, change ...func(*corev1.PodAffinityTerm)) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).PodAffinity
		a.RequiredDuringSchedulingIgnoredDuringExecution = append(a.RequiredDuringSchedulingIgnoredDuringExecution, termTo(name, key, change))
	}
}

// apart is required anti-affinity.
func apart(name, key string, change ...func(*corev1.PodAffinityTerm)) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).PodAntiAffinity
		a.RequiredDuringSchedulingIgnoredDuringExecution = append(a.RequiredDuringSchedulingIgnoredDuringExecution, termTo(name, key, change))
	}
}

// ratherNear is preferred affinity.
func ratherNear(name, key string) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).PodAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution,
			corev1.WeightedPodAffinityTerm{Weight: 50, PodAffinityTerm: termTo(name, key, nil)})
	}
}

// ratherApart is preferred anti-affinity.
func ratherApart(name, key string) podRule {
	return func(p *corev1.Pod) {
		a := affinityOf(p).PodAntiAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution,
			corev1.WeightedPodAffinityTerm{Weight: 50, PodAffinityTerm: termTo(name, key, nil)})
	}
}

// to sets what a term selects.
func to(s *metav1.LabelSelector) func(*corev1.PodAffinityTerm) {
	return func(t *corev1.PodAffinityTerm) { t.LabelSelector = s }
}

// inNamespaces lets a term look at these namespaces.
func inNamespaces(names ...string) func(*corev1.PodAffinityTerm) {
	return func(t *corev1.PodAffinityTerm) { t.Namespaces = names }
}

func inEveryNamespace(t *corev1.PodAffinityTerm) { t.NamespaceSelector = &metav1.LabelSelector{} }

// A spreadRule changes a spread constraint.
type spreadRule func(*corev1.TopologySpreadConstraint)

// spread is a hard spread of the pod's own app, unless a rule says other.
func spread(key string, skew int32, change ...spreadRule) podRule {
	return func(p *corev1.Pod) {
		c := corev1.TopologySpreadConstraint{TopologyKey: key, MaxSkew: skew, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: selectApp(p.Name)}
		for _, f := range change {
			f(&c)
		}
		p.Spec.TopologySpreadConstraints = append(p.Spec.TopologySpreadConstraints, c)
	}
}

// of sets what a spread counts.
func of(s *metav1.LabelSelector) spreadRule {
	return func(c *corev1.TopologySpreadConstraint) { c.LabelSelector = s }
}

func minDomains(n int32) spreadRule {
	return func(c *corev1.TopologySpreadConstraint) { c.MinDomains = &n }
}

func byLabelKeys(keys ...string) spreadRule {
	return func(c *corev1.TopologySpreadConstraint) { c.MatchLabelKeys = keys }
}

func taintsPolicy(policy corev1.NodeInclusionPolicy) spreadRule {
	return func(c *corev1.TopologySpreadConstraint) { c.NodeTaintsPolicy = &policy }
}

func affinityPolicy(policy corev1.NodeInclusionPolicy) spreadRule {
	return func(c *corev1.TopologySpreadConstraint) { c.NodeAffinityPolicy = &policy }
}

func anyway(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = corev1.ScheduleAnyway }
