package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A PodGroup is a rule of one pod about those that share its node: at most a number of
// the selected ones, itself included where it is one.
type PodGroup struct {
	Selects   func(*corev1.Pod) bool
	Most      int64
	Preferred bool // to be given up where the pod could not be placed otherwise
	Spread    bool // a spread by hostname: it is one as long as an empty node may come, else SpreadOverNodes is
	Own       bool // about the node itself, not about all nodes of its hostname: host ports
}

// PodGroups returns the rules that the pod has about those that share its
// node: spread and anti-affinity by hostname, and host ports.
func PodGroups(pod *corev1.Pod, all Namespaces) []PodGroup {
	return slices.Concat(spreadByNode(pod), Repelled(pod, all), portGroups(pod))
}

// ReadsPods reports whether the pod has rules about other pods.
func ReadsPods(pod *corev1.Pod) bool {
	return len(pod.Spec.TopologySpreadConstraints) > 0 || len(antiAffinityTerms(pod)) > 0 || len(affinityTerms(pod)) > 0 || len(HostPorts(pod)) > 0
}

// PodLabelKeys returns the keys of pod labels that the pod's rules read.
func PodLabelKeys(pod *corev1.Pod) []string {
	var keys []string
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		keys = append(keys, selectorKeys(c.LabelSelector, c.MatchLabelKeys...)...)
	}
	for _, t := range slices.Concat(antiAffinityTerms(pod), affinityTerms(pod)) {
		keys = append(keys, selectorKeys(t.of.LabelSelector, slices.Concat(t.of.MatchLabelKeys, t.of.MismatchLabelKeys)...)...)
	}
	return keys
}
