package naive

import corev1 "k8s.io/api/core/v1"

// Unmet returns the first of a pool's or quota's requirements that the new node does
// not meet, as a person would write it, and whether there is one. A hostname that is
// not known yet is none: nothing but NotIn and DoesNotExist holds.
func Unmet(requirements []corev1.NodeSelectorRequirement, node *corev1.Node) (string, bool) {
	for _, r := range requirements {
		if !meetsBefore(node, r) {
			return requirementString(r), true
		}
	}
	return "", false
}

// meetsBefore is meetsOfPool of a node that is not there yet.
func meetsBefore(node *corev1.Node, r corev1.NodeSelectorRequirement) bool {
	if _, known := node.Labels[Current(r.Key)]; !known && Current(r.Key) == corev1.LabelHostname {
		return wellFormed(r) && (r.Operator == corev1.NodeSelectorOpNotIn || r.Operator == corev1.NodeSelectorOpDoesNotExist)
	}
	return meetsOfPool(node, r)
}

// Covers reports whether the labels of the type and the offering alone meet the
// requirements, as those of a quota must be met.
func Covers(requirements []corev1.NodeSelectorRequirement, l Launch) bool {
	l.PoolLabels, l.Chosen, l.CommonLabels, l.PoolTaints = nil, nil, nil, nil
	_, unmet := Unmet(requirements, New(l))
	return !unmet
}
