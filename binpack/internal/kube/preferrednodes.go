package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// NodePreferences are what a pod would rather have of a node: the terms of its
// preferred node affinity, and no PreferNoSchedule taint that it does not
// tolerate.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity-weight
type NodePreferences struct {
	pod   *corev1.Pod
	terms *nodeaffinity.PreferredSchedulingTerms
	sum   int64
}

// NodePreferencesOf returns the pod's preferences, ready to be asked.
func NodePreferencesOf(pod *corev1.Pod) NodePreferences {
	p := NodePreferences{pod: pod}
	terms := preferredNodeTerms(pod)
	for _, t := range terms {
		p.sum += int64(t.Weight)
	}
	if len(terms) > 0 {
		p.terms, _ = nodeaffinity.NewPreferredSchedulingTerms(terms) // Validate has refused what cannot be parsed
	}
	return p
}

// Unmet returns the weight of the preferences that the node does not meet; a
// taint has the weight 1.
func (p NodePreferences) Unmet(n Node) int64 {
	unmet := p.sum
	if p.terms != nil {
		unmet -= p.terms.Score(n.object())
	}
	for i := range n.Taints {
		if Untolerated(p.pod.Spec.Tolerations, n.Taints[i:i+1], corev1.TaintEffectPreferNoSchedule) != nil {
			unmet++
		}
	}
	return unmet
}

// Keys returns the label keys that the preferences read.
func (p NodePreferences) Keys() []string {
	var keys []string
	for _, t := range preferredNodeTerms(p.pod) {
		for _, e := range t.Preference.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

func preferredNodeTerms(pod *corev1.Pod) []corev1.PreferredSchedulingTerm {
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		return a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution
	}
	return nil
}
