package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// Unmet returns the first requirement that the labels, aliases included, do
// not meet, or nil.
func Unmet(requirements []corev1.NodeSelectorRequirement, labels map[string]string) *corev1.NodeSelectorRequirement {
	for i := range requirements {
		if IsBound(requirements[i].Operator) {
			if !meetsBound(&requirements[i], labels) {
				return &requirements[i]
			}
			continue
		}
		term := corev1.NodeSelectorTerm{MatchExpressions: requirements[i : i+1]}
		selector, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term}})
		if err != nil || !selector.Match(Node{Name: UnknownName, Labels: labels}.object()) {
			return &requirements[i]
		}
	}
	return nil
}
