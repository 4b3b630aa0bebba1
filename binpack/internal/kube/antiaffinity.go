package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// AntiAffinityTerms returns the terms of the pod's required anti-affinity.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
func AntiAffinityTerms(pod *corev1.Pod) []corev1.PodAffinityTerm {
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAntiAffinity == nil {
		return nil
	}
	return pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}

// byTerm returns the pods that a term of the owner selects: in the namespaces
// that it lists or selects, or where it does neither in the owner's.
func byTerm(t *corev1.PodAffinityTerm, owner *corev1.Pod, all Namespaces) PodSelector {
	listed := t.Namespaces
	if len(listed) == 0 && t.NamespaceSelector == nil {
		listed = []string{Namespace(owner)}
	}
	selected := labels.Nothing()
	if t.NamespaceSelector != nil {
		selected = selector(t.NamespaceSelector, nil, nil, nil)
	}
	return PodSelector{
		labels: selector(t.LabelSelector, owner, t.MatchLabelKeys, t.MismatchLabelKeys),
		namespaces: func(name string) bool {
			return slices.Contains(listed, name) || selected.Matches(all.of(name))
		},
	}
}

// repelled returns the groups of the pod's anti-affinity by hostname: on its
// node is nothing that a term selects, but itself.
func repelled(pod *corev1.Pod, all Namespaces) []PodGroup {
	var out []PodGroup
	for i := range AntiAffinityTerms(pod) {
		t := &AntiAffinityTerms(pod)[i]
		if t.TopologyKey != corev1.LabelHostname {
			continue
		}
		s := byTerm(t, pod, all)
		g := PodGroup{Selects: s.Matches}
		if s.Matches(pod) {
			g.Most = 1
		}
		out = append(out, g)
	}
	return out
}
