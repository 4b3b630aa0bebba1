package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// CheckTerms returns what is wrong with the terms of a node selector: an
// unknown operator, values that do not go with it, a key that no label has.
func CheckTerms(terms []corev1.NodeSelectorTerm) error {
	_, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: terms})
	return err
}

// Unmet returns the first requirement that the labels, aliases included, do
// not meet, or nil.
func Unmet(requirements []corev1.NodeSelectorRequirement, labels map[string]string) *corev1.NodeSelectorRequirement {
	for i := range requirements {
		term := corev1.NodeSelectorTerm{MatchExpressions: requirements[i : i+1]}
		selector, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term}})
		if err != nil || !selector.Match(newNode(labels)) {
			return &requirements[i]
		}
	}
	return nil
}

// UnknownName is the name and hostname of a node that is not there yet: one
// that no selector can state. With an empty name the helpers would take field
// selectors for met.
const UnknownName = "\x00"

// newNode returns a node as selectors see it before it is there.
func newNode(labels map[string]string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: UnknownName, Labels: labels}}
}
