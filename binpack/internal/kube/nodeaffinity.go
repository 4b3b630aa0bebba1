package kube

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// NodeRules are the pod's node selector and required node affinity. A node
// must satisfy both.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
type NodeRules struct {
	pod      *corev1.Pod
	affinity nodeaffinity.RequiredNodeAffinity
}

// NodeRulesOf returns the pod's rules, ready to be matched.
func NodeRulesOf(pod *corev1.Pod) NodeRules {
	return NodeRules{pod, nodeaffinity.GetRequiredNodeAffinity(pod)}
}

// Match reports whether a new node with these labels, aliases included,
// satisfies the rules. Its name is not known yet: no selector on
// kubernetes.io/hostname and no field selector names it.
func (r NodeRules) Match(labels map[string]string) bool {
	// An error means a term that cannot be parsed: such a term matches no
	// node, and Validate has refused it before.
	ok, _ := r.affinity.Match(newNode(labels))
	return ok
}

// Keys returns the label keys that the rules read, sorted.
func (r NodeRules) Keys() []string {
	keys := slices.Collect(maps.Keys(r.pod.Spec.NodeSelector))
	terms, _ := RequiredTerms(r.pod)
	for _, t := range terms {
		for _, e := range t.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// A Miss is a part of the rules that a node does not satisfy.
type Miss struct {
	Path string // from the pod
	Rule string // as a person would write it
}

// Misses returns the parts that a node with these labels does not satisfy: an
// entry of the node selector each, or else every term of the affinity.
func (r NodeRules) Misses(labels map[string]string) []Miss {
	var out []Miss
	for _, k := range slices.Sorted(maps.Keys(r.pod.Spec.NodeSelector)) {
		if v, ok := labels[k]; !ok || v != r.pod.Spec.NodeSelector[k] {
			out = append(out, Miss{"spec.nodeSelector", k + "=" + r.pod.Spec.NodeSelector[k]})
		}
	}
	if len(out) > 0 || r.Match(labels) {
		return out
	}
	var rule []string
	terms, path := RequiredTerms(r.pod)
	for _, t := range terms {
		rule = append(rule, termString(t))
	}
	return []Miss{{path, strings.Join(rule, ", or ")}}
}

// RequiredTerms returns the terms of the pod's required node affinity, of which
// a node must match one, and their path from the pod.
func RequiredTerms(pod *corev1.Pod) (terms []corev1.NodeSelectorTerm, path string) {
	path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, path
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, path
}

func termString(t corev1.NodeSelectorTerm) string {
	var parts []string
	for _, e := range slices.Concat(t.MatchExpressions, t.MatchFields) {
		parts = append(parts, RequirementString(e))
	}
	if len(parts) == 0 {
		return "an empty term, which matches no node"
	}
	return strings.Join(parts, " and ")
}

// RequirementString returns a requirement as a person would write it.
func RequirementString(e corev1.NodeSelectorRequirement) string {
	switch e.Operator {
	case corev1.NodeSelectorOpExists:
		return e.Key + " exists"
	case corev1.NodeSelectorOpDoesNotExist:
		return "no " + e.Key
	case corev1.NodeSelectorOpGt:
		return e.Key + " > " + strings.Join(e.Values, ",")
	case corev1.NodeSelectorOpLt:
		return e.Key + " < " + strings.Join(e.Values, ",")
	case corev1.NodeSelectorOpNotIn:
		return e.Key + " not in [" + strings.Join(e.Values, " ") + "]"
	}
	if len(e.Values) == 1 {
		return e.Key + "=" + e.Values[0]
	}
	return e.Key + " in [" + strings.Join(e.Values, " ") + "]"
}
