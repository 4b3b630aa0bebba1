package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A PodGroup is a rule of one pod about those that share its node: at most so
// many of the selected ones, itself included where it is one.
type PodGroup struct {
	Selects func(*corev1.Pod) bool
	Most    int64
}

// PodGroups returns the rules that the pod has about those that share its
// node: spread and anti-affinity by hostname, and host ports.
func PodGroups(pod *corev1.Pod, all Namespaces) []PodGroup {
	return slices.Concat(spreadByNode(pod), repelled(pod, all), portGroups(pod))
}

// HasPodGroups reports whether the pod has such rules.
func HasPodGroups(pod *corev1.Pod) bool {
	return len(pod.Spec.TopologySpreadConstraints) > 0 || len(AntiAffinityTerms(pod)) > 0 || len(HostPorts(pod)) > 0
}

// PodLabelKeys returns the keys of pod labels that the pod's rules read.
func PodLabelKeys(pod *corev1.Pod) []string {
	var keys []string
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		keys = append(keys, selectorKeys(c.LabelSelector, c.MatchLabelKeys...)...)
	}
	for i := range AntiAffinityTerms(pod) {
		t := &AntiAffinityTerms(pod)[i]
		keys = append(keys, selectorKeys(t.LabelSelector, slices.Concat(t.MatchLabelKeys, t.MismatchLabelKeys)...)...)
	}
	return keys
}
