package kube

import corev1 "k8s.io/api/core/v1"

// Untolerated returns the first taint with one of the effects that no
// toleration tolerates, or nil.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
func Untolerated(tolerations []corev1.Toleration, taints []corev1.Taint, effects ...corev1.TaintEffect) *corev1.Taint {
	for i := range taints {
		for _, e := range effects {
			if taints[i].Effect == e && !tolerated(tolerations, &taints[i]) {
				return &taints[i]
			}
		}
	}
	return nil
}

func tolerated(tolerations []corev1.Toleration, taint *corev1.Taint) bool {
	for i := range tolerations {
		if tolerates(&tolerations[i], taint) {
			return true
		}
	}
	return false
}

// tolerates: an empty effect or key matches all, and an empty key goes with
// Exists only. Pods with operators that compare numbers are not modelled.
func tolerates(t *corev1.Toleration, taint *corev1.Taint) bool {
	if t.Effect != "" && t.Effect != taint.Effect {
		return false
	}
	if t.Key != "" && t.Key != taint.Key {
		return false
	}
	switch t.Operator {
	case corev1.TolerationOpExists:
		return true
	case "", corev1.TolerationOpEqual:
		return t.Key != "" && t.Value == taint.Value
	}
	return false
}
