package naive

import corev1 "k8s.io/api/core/v1"

// Unmet returns the first of a pool's requirements that the node does not
// meet, as a person would write it, and whether there is one.
func Unmet(requirements []corev1.NodeSelectorRequirement, node *corev1.Node) (string, bool) {
	for _, r := range requirements {
		if !meetsOfPool(node, r) {
			return requirementString(r), true
		}
	}
	return "", false
}

// Covers reports whether the labels of the type and the offering alone meet the
// requirements, as those of a quota must be met.
func Covers(requirements []corev1.NodeSelectorRequirement, l Launch) bool {
	l.PoolLabels, l.Chosen, l.CommonLabels, l.PoolTaints = nil, nil, nil, nil
	_, unmet := Unmet(requirements, New(l))
	return !unmet
}
