package kube

import (
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
)

func affinityTerms(pod *corev1.Pod) []term {
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAffinity == nil {
		return nil
	}
	a := pod.Spec.Affinity.PodAffinity
	return terms("spec.affinity.podAffinity.", a.RequiredDuringSchedulingIgnoredDuringExecution, a.PreferredDuringSchedulingIgnoredDuringExecution)
}

// together returns the rules of the pod's affinity, one for each key: in the
// domain is a pod that all the required terms select, as the scheduler reads
// them. Of preferred terms each is for itself.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
func together(pod *corev1.Pod, all Namespaces) []DomainRule {
	var required []PodSelector
	var whom []string
	terms := affinityTerms(pod)
	for _, t := range terms {
		if !t.preferred {
			s := t.selector(pod, all)
			required, whom = append(required, s), append(whom, s.String())
		}
	}
	selectsAll := func(o *corev1.Pod) bool {
		return !slices.ContainsFunc(required, func(s PodSelector) bool { return !s.Matches(o) })
	}
	whom = slices.Compact(whom)
	var out []DomainRule
	for _, t := range terms {
		key := nodelabel.Canonical(t.of.TopologyKey)
		r := DomainRule{
			Kind: Together, Key: key, Path: t.path, Counts: hasKey(key), Preferred: t.preferred,
			Selects: selectsAll, Whom: strings.Join(whom, " and "),
		}
		if t.preferred {
			s := t.selector(pod, all)
			r.Selects, r.Whom = s.Matches, s.String()
		}
		same := func(o DomainRule) bool { return o.Key == key && !o.Preferred && !t.preferred }
		if !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	return out
}
