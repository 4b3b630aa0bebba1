package naive

import corev1 "k8s.io/api/core/v1"

// taints refuses a node with a taint that keeps pods off and that the pod does
// not tolerate. PreferNoSchedule keeps no pod off.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
func taints(pod *corev1.Pod, node *corev1.Node) *Refusal {
	for _, t := range node.Spec.Taints {
		if t.Effect == corev1.TaintEffectPreferNoSchedule {
			continue
		}
		if !tolerated(pod, t) {
			return &Refusal{Code: UntoleratedTaint, Path: "spec.tolerations", Rule: t.ToString()}
		}
	}
	return nil
}

func tolerated(pod *corev1.Pod, taint corev1.Taint) bool {
	for _, t := range pod.Spec.Tolerations {
		if tolerates(t, taint) {
			return true
		}
	}
	return false
}

// tolerates says whether one toleration matches one taint. No effect matches
// all effects, no key all keys (the API allows that with Exists only), no
// operator is Equal. An unknown operator matches nothing.
func tolerates(t corev1.Toleration, taint corev1.Taint) bool {
	if t.Effect != "" && t.Effect != taint.Effect {
		return false
	}
	if t.Key == "" {
		return t.Operator == corev1.TolerationOpExists
	}
	if t.Key != taint.Key {
		return false
	}
	switch t.Operator {
	case corev1.TolerationOpExists:
		return true
	case corev1.TolerationOpEqual, "":
		return t.Value == taint.Value
	}
	return false
}
