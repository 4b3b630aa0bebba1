package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// A Conflict is a rule by which a pod and another, which is there first, may not be in one
// domain.
type Conflict struct {
	Kind DomainKind
	Key  string // of the domain, by its current name
	Path string // of the rule, from the pod, or from the other where it is Theirs
	// Theirs says that the other states the rule.
	Theirs bool
}

// Conflicts returns the rules by which the pod may not be where the other is: required
// anti-affinity of either.
func Conflicts(pod, other *corev1.Pod, all Namespaces) []Conflict {
	var out []Conflict
	for _, r := range RequiredApart(pod, all) {
		if r.Selects(other) {
			out = append(out, Conflict{Kind: Apart, Key: r.Key, Path: r.Path})
		}
	}
	for _, r := range RequiredApart(other, all) {
		if r.Selects(pod) {
			out = append(out, Conflict{Kind: Apart, Key: r.Key, Path: r.Path, Theirs: true})
		}
	}
	return out
}

// Name returns namespace and name of a pod, for people.
func Name(pod *corev1.Pod) string {
	if pod.Name == "" {
		return Namespace(pod) + "/(no name)"
	}
	return Namespace(pod) + "/" + pod.Name
}

// AmongPods returns which of the pod's rules about the pods of its node may keep it off,
// as a reason is spelled, and its path from the pod.
func AmongPods(pod *corev1.Pod) (reason, path string) {
	for i := range pod.Spec.TopologySpreadConstraints {
		if byNode(pod.Spec.TopologySpreadConstraints[i].TopologyKey) {
			return "TopologySpread", fmt.Sprintf("spec.topologySpreadConstraints[%d]", i)
		}
	}
	if own := antiAffinityTerms(pod); len(own) > 0 {
		return "PodAntiAffinity", own[0].path
	}
	return "PodAntiAffinity", ""
}
