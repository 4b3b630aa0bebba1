package kube

import corev1 "k8s.io/api/core/v1"

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
