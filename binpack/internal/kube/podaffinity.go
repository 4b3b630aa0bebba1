package kube

import (
	"slices"

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
	var required []func(*corev1.Pod) bool
	terms := affinityTerms(pod)
	for _, t := range terms {
		if !t.preferred {
			required = append(required, t.selector(pod, all).Matches)
		}
	}
	selectsAll := func(o *corev1.Pod) bool {
		return !slices.ContainsFunc(required, func(selects func(*corev1.Pod) bool) bool { return !selects(o) })
	}
	var out []DomainRule
	for _, t := range terms {
		key := CanonicalKey(t.TopologyKey)
		r := DomainRule{Kind: Together, Key: key, Path: t.path, Selects: selectsAll, Counts: hasKey(key), Preferred: t.preferred}
		if t.preferred {
			r.Selects = t.selector(pod, all).Matches
		}
		same := func(o DomainRule) bool { return o.Key == key && !o.Preferred && !t.preferred }
		if !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	return out
}
