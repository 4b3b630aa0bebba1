package karpenter

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// podsOf yields the pods of p, one of each workload.
func podsOf(p binpack.Problem) iter.Seq[*corev1.Pod] {
	return func(yield func(*corev1.Pod) bool) {
		for _, pod := range p.Pods {
			if !yield(pod) {
				return
			}
		}
		for _, w := range p.Workloads {
			if !yield(w.Pod) {
				return
			}
		}
	}
}

// addPods makes n single pods of a kind. Karpenter looks only at those that the
// scheduler tried and could not place.
func (r *run) addPods(kind *corev1.Pod, n int) {
	to := &r.pending
	through := kind.Status.Phase == corev1.PodSucceeded || kind.Status.Phase == corev1.PodFailed
	if through || kind.Spec.NodeName != "" || kind.DeletionTimestamp != nil || len(kind.Spec.SchedulingGates) > 0 {
		to = &r.withheld
	}
	for i := range n {
		pod := newPod(kind, fmt.Sprintf("%s-%d-%d", kind.Name, len(r.kinds), i))
		r.kindOf[pod.UID] = len(r.kinds)
		*to = append(*to, pod)
	}
	r.kinds = append(r.kinds, kind)
}

// newPod copies kind under a name that is its own, with what the API server
// fills in. The copy is deep: Karpenter adds to the selectors of spreads in
// place.
func newPod(kind *corev1.Pod, name string) *corev1.Pod {
	pod := kind.DeepCopy()
	pod.Name, pod.UID = name, types.UID(name)
	pod.Namespace = cmp.Or(pod.Namespace, corev1.NamespaceDefault)
	setDefaults(pod.Spec.InitContainers, pod.Spec.HostNetwork)
	setDefaults(pod.Spec.Containers, pod.Spec.HostNetwork)
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		c.TopologyKey = canonical(c.TopologyKey)
	}
	if a := pod.Spec.Affinity; a != nil && a.PodAffinity != nil {
		setTerms(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution, pod.Labels)
	}
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		setTerms(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, pod.Labels)
	}
	return pod
}

func setTerms(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm, labels map[string]string) {
	for i := range required {
		setTerm(&required[i], labels)
	}
	for i := range preferred {
		setTerm(&preferred[i].PodAffinityTerm, labels)
	}
}

// setTerm adds to the selector of a term what its match and mismatch label keys
// stand for, given the labels of the pod that has it. Karpenter leaves that to
// the API server.
func setTerm(term *corev1.PodAffinityTerm, labels map[string]string) {
	term.TopologyKey = canonical(term.TopologyKey)
	if term.LabelSelector == nil {
		return
	}
	add := func(keys []string, operator metav1.LabelSelectorOperator) {
		for _, key := range keys {
			if value, ok := labels[key]; ok {
				term.LabelSelector.MatchExpressions = append(term.LabelSelector.MatchExpressions,
					metav1.LabelSelectorRequirement{Key: key, Operator: operator, Values: []string{value}})
			}
		}
	}
	add(term.MatchLabelKeys, metav1.LabelSelectorOpIn)
	add(term.MismatchLabelKeys, metav1.LabelSelectorOpNotIn)
}

// setDefaults makes a limit without a request a request of as much, a port
// without a protocol a TCP port, and a port on the host's network a host port.
func setDefaults(containers []corev1.Container, hostNetwork bool) {
	for i := range containers {
		requests := maps.Clone(containers[i].Resources.Limits)
		if requests != nil {
			maps.Copy(requests, containers[i].Resources.Requests)
			containers[i].Resources.Requests = requests
		}
		for j := range containers[i].Ports {
			port := &containers[i].Ports[j]
			port.Protocol = cmp.Or(port.Protocol, corev1.ProtocolTCP)
			if hostNetwork {
				port.HostPort = cmp.Or(port.HostPort, port.ContainerPort)
			}
		}
	}
}

// placements counts single pods by kind, in the problem's order.
func (r *run) placements(pods []*corev1.Pod) []binpack.Placement {
	counts := map[int]int{}
	for _, pod := range pods {
		counts[r.kindOf[pod.UID]]++
	}
	var out []binpack.Placement
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, binpack.Placement{Pod: r.kinds[kind], Count: counts[kind]})
	}
	return out
}

// launchedLabel is on the nodes of every pool, and every daemon selects it.
// Karpenter reserves room on existing nodes for the daemons that it misses
// there; in a Problem, daemons run on new nodes only.
const launchedLabel = "stowage/launched"

// daemons returns the daemon pods as Karpenter is to see them.
func daemons(kinds []*corev1.Pod) []*corev1.Pod {
	var out []*corev1.Pod
	for i, kind := range kinds {
		pod := newPod(kind, fmt.Sprintf("daemon-%d", i))
		selector := map[string]string{launchedLabel: "true"}
		maps.Copy(selector, kind.Spec.NodeSelector)
		pod.Spec.NodeSelector = selector
		out = append(out, pod)
	}
	return out
}
