package kube

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A term is a term of pod affinity or anti-affinity.
type term struct {
	of        *corev1.PodAffinityTerm
	path      string // from the pod
	preferred bool
}

// antiAffinityTerms returns the terms of the pod's anti-affinity.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
func antiAffinityTerms(pod *corev1.Pod) []term {
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAntiAffinity == nil {
		return nil
	}
	a := pod.Spec.Affinity.PodAntiAffinity
	return terms("spec.affinity.podAntiAffinity.", a.RequiredDuringSchedulingIgnoredDuringExecution, a.PreferredDuringSchedulingIgnoredDuringExecution)
}

func terms(path string, required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) []term {
	var out []term
	for i := range required {
		out = append(out, term{&required[i], fmt.Sprintf("%srequiredDuringSchedulingIgnoredDuringExecution[%d]", path, i), false})
	}
	for i := range preferred {
		out = append(out, term{&preferred[i].PodAffinityTerm, fmt.Sprintf("%spreferredDuringSchedulingIgnoredDuringExecution[%d]", path, i), true})
	}
	return out
}

// selector returns the pods that a term of the owner selects: in the namespaces
// that it lists or selects, or where it does neither in the owner's.
func (t term) selector(owner *corev1.Pod, all Namespaces) PodSelector {
	listed := t.of.Namespaces
	if len(listed) == 0 && t.of.NamespaceSelector == nil {
		listed = []string{Namespace(owner)}
	}
	selected := labels.Nothing()
	if t.of.NamespaceSelector != nil {
		selected = selector(t.of.NamespaceSelector, nil, nil, nil)
	}
	return PodSelector{
		labels: selector(t.of.LabelSelector, owner, t.of.MatchLabelKeys, t.of.MismatchLabelKeys),
		namespaces: func(name string) bool {
			return slices.Contains(listed, name) || selected.Matches(all.of(name))
		},
	}
}

// Repelled returns the groups of the pod's anti-affinity by hostname: on its
// node is nothing that a term selects, but itself.
func Repelled(pod *corev1.Pod, all Namespaces) []PodGroup {
	var out []PodGroup
	for _, t := range antiAffinityTerms(pod) {
		if !byNode(t.of.TopologyKey) {
			continue
		}
		s := t.selector(pod, all)
		g := PodGroup{Selects: s.Matches, Preferred: t.preferred}
		if s.Matches(pod) {
			g.Most = 1
		}
		out = append(out, g)
	}
	return out
}

// apart returns the rules of the pod's anti-affinity by other keys. A node
// without the key is no domain, and so has nothing to be apart from.
func apart(pod *corev1.Pod, all Namespaces) []DomainRule {
	var out []DomainRule
	for _, t := range antiAffinityTerms(pod) {
		if byNode(t.of.TopologyKey) {
			continue
		}
		out = append(out, apartBy(t, pod, all))
	}
	return out
}

// apartBy returns the rule of one term of a pod's anti-affinity.
func apartBy(t term, pod *corev1.Pod, all Namespaces) DomainRule {
	key, s := nodelabel.Canonical(t.of.TopologyKey), t.selector(pod, all)
	return DomainRule{Kind: Apart, Key: key, Path: t.path, Selects: s.Matches, Whom: s.String(), Counts: hasKey(key), Preferred: t.preferred}
}
