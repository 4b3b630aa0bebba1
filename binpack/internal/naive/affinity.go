package naive

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// An Affinity is the required pod affinity of a pod, its terms as one rule. The
// pod's node must have the label of every term. When the pod is bound, there
// must be, in the node's domain of each term, a pod that all terms select; or
// there is no such pod anywhere, on a node with one of the labels, and they
// select the pod itself: it is the first.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
type Affinity struct {
	Keys []string // of the terms
	Path string   // the rule, from the pod
	Rule string   // whom it selects

	terms []Term
}

// Affinities returns the pod's affinity, or none.
func Affinities(pod *corev1.Pod, namespaces []*corev1.Namespace) []Affinity {
	const path = "spec.affinity.podAffinity"
	a := pod.Spec.Affinity
	if a == nil || a.PodAffinity == nil || len(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) == 0 {
		return nil
	}
	out := Affinity{Path: path + ".requiredDuringSchedulingIgnoredDuringExecution"}
	out.terms = termsOf(pod, path, a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, namespaces)
	var rules []string
	for _, t := range out.terms {
		out.Keys = append(out.Keys, t.Key)
		rules = append(rules, t.Rule)
	}
	out.Rule = strings.Join(slices.Compact(rules), " and ")
	return []Affinity{out}
}

// Selects reports whether all terms select the pod.
func (a Affinity) Selects(pod *corev1.Pod) bool {
	for _, t := range a.terms {
		if !t.Selects(pod) {
			return false
		}
	}
	return true
}

// Content names all of the rule but where it is written.
func (a Affinity) Content() string {
	var parts []string
	for _, t := range a.terms {
		parts = append(parts, t.Content())
	}
	return strings.Join(parts, "\n")
}
