package naive

import corev1 "k8s.io/api/core/v1"

// Unmet returns the first of a pool's requirements that the node does not
// meet, as a person would write it, and whether there is one.
func Unmet(requirements []corev1.NodeSelectorRequirement, node *corev1.Node) (string, bool) {
	for _, r := range requirements {
		if !Meets(node, r) {
			return requirementString(r), true
		}
	}
	return "", false
}

// OpenKey returns the index of the first requirement that leaves a label's
// value to be chosen at launch, or -1: one with operator In on a key that
// neither the pool nor any of the types carries, nor any node of its own. How
// to choose is not stated in this package yet.
func OpenKey(requirements []corev1.NodeSelectorRequirement, poolLabels map[string]string, typeLabels []map[string]string) int {
	for i, r := range requirements {
		if r.Operator == corev1.NodeSelectorOpIn && !everyNodeHas(r.Key) && !carries(poolLabels, r.Key) && !anyCarries(typeLabels, r.Key) {
			return i
		}
	}
	return -1
}

func everyNodeHas(key string) bool {
	switch current(key) {
	case corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, CapacityTypeLabel, corev1.LabelHostname:
		return true
	}
	return false
}

func carries(labels map[string]string, key string) bool {
	_, ok := underCurrentNames(labels)[current(key)]
	return ok
}

func anyCarries(all []map[string]string, key string) bool {
	for _, labels := range all {
		if carries(labels, key) {
			return true
		}
	}
	return false
}

// Covers reports whether the labels of the type and the offering alone meet the
// requirements, as those of a quota must be met.
func Covers(requirements []corev1.NodeSelectorRequirement, l Launch) bool {
	l.PoolLabels, l.PoolTaints = nil, nil
	_, unmet := Unmet(requirements, New(l))
	return !unmet
}
