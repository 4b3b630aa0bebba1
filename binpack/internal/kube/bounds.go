package kube

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Operators that the requirements of pools have beside those of Kubernetes, as
// Karpenter's: a number that is at least, or at most, the value.
//
// https://karpenter.sh/docs/concepts/scheduling/#selecting-nodes
const (
	OpGte corev1.NodeSelectorOperator = "Gte"
	OpLte corev1.NodeSelectorOperator = "Lte"
)

// IsBound reports whether the operator is Gte or Lte.
func IsBound(op corev1.NodeSelectorOperator) bool { return op == OpGte || op == OpLte }

// meetsBound reports whether the labels meet a requirement with Gte or Lte.
func meetsBound(r *corev1.NodeSelectorRequirement, labels map[string]string) bool {
	if len(r.Values) != 1 {
		return false
	}
	bound, err := strconv.ParseInt(r.Values[0], 10, 64)
	if err != nil {
		return false
	}
	n, err := strconv.ParseInt(labels[r.Key], 10, 64)
	return err == nil && (r.Operator == OpGte && n >= bound || r.Operator == OpLte && n <= bound)
}
