package kube

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// NodeRules are the pod's node selector and required node affinity, and what its
// volumes ask of the node. A node must satisfy all of them.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
type NodeRules struct {
	pod      *corev1.Pod
	affinity nodeaffinity.RequiredNodeAffinity
	volumes  []corev1.NodeSelector
}

// NodeRulesOf returns the pod's rules, ready to be matched.
func NodeRulesOf(pod *corev1.Pod) NodeRules {
	return NodeRules{pod: pod, affinity: nodeaffinity.GetRequiredNodeAffinity(pod)}
}

// With returns the rules with what volumes ask for.
func (r NodeRules) With(volumes VolumeRules) NodeRules {
	r.volumes = volumes.Nodes
	return r
}

// Reaches reports whether the node reaches the pod's volumes.
func (r NodeRules) Reaches(n Node) bool {
	for i := range r.volumes {
		selector, err := nodeaffinity.NewNodeSelector(&r.volumes[i])
		if err != nil || !selector.Match(n.object()) {
			return false
		}
	}
	return true
}

// Match reports whether the node satisfies the rules. No selector on
// kubernetes.io/hostname and no field selector names one that is not there yet.
func (r NodeRules) Match(n Node) bool {
	// An error means a term that cannot be parsed: such a term matches no
	// node, and Validate has refused it before.
	ok, _ := r.affinity.Match(n.object())
	return ok && r.Reaches(n)
}

// ByName reports whether the rules read the node's name.
func (r NodeRules) ByName() bool {
	terms := r.terms()
	return slices.ContainsFunc(terms, func(t corev1.NodeSelectorTerm) bool { return len(t.MatchFields) > 0 })
}

// terms returns all terms that the rules read.
func (r NodeRules) terms() []corev1.NodeSelectorTerm {
	terms, _ := RequiredTerms(r.pod)
	terms = slices.Clone(terms)
	for i := range r.volumes {
		terms = append(terms, r.volumes[i].NodeSelectorTerms...)
	}
	return terms
}

// Keys returns the label keys that the rules read, sorted.
func (r NodeRules) Keys() []string {
	keys := slices.Collect(maps.Keys(r.pod.Spec.NodeSelector))
	terms := r.terms()
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

// Misses returns the parts that the node does not satisfy: an entry of the node
// selector each, or else every term of the affinity.
func (r NodeRules) Misses(n Node) []Miss {
	var out []Miss
	for _, k := range slices.Sorted(maps.Keys(r.pod.Spec.NodeSelector)) {
		if v, ok := n.Labels[k]; !ok || v != r.pod.Spec.NodeSelector[k] {
			out = append(out, Miss{"spec.nodeSelector", k + "=" + r.pod.Spec.NodeSelector[k]})
		}
	}
	if ok, _ := r.affinity.Match(n.object()); ok || len(out) > 0 {
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
