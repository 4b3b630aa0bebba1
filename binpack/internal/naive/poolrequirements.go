package naive

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// The operators that requirements of pools have besides those of pods.
//
// https://karpenter.sh/docs/concepts/scheduling/#selecting-nodes
const (
	atLeast corev1.NodeSelectorOperator = "Gte"
	atMost  corev1.NodeSelectorOperator = "Lte"
)

// meetsOfPool reports whether the node's labels meet a requirement of a pool: one that
// a pod could have, or a number that is at least or at most another.
func meetsOfPool(node *corev1.Node, r corev1.NodeSelectorRequirement) bool {
	if r.Operator != atLeast && r.Operator != atMost {
		return Meets(node, r)
	}
	if len(r.Values) != 1 || len(validation.IsQualifiedName(r.Key)) > 0 {
		return false
	}
	bound, err := strconv.ParseInt(r.Values[0], 10, 64)
	text, ok := label(node, r.Key)
	have, errHave := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || !ok || errHave != nil:
		return false
	case r.Operator == atLeast:
		return have >= bound
	}
	return have <= bound
}
