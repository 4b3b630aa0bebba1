package naive

import corev1 "k8s.io/api/core/v1"

// Penalty returns how far the node is from what the pod would like of a node:
// the weights of the preferred terms that it does not meet, and one for each
// PreferNoSchedule taint that the pod does not tolerate. A term without content
// says nothing.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity-weight
func Penalty(pod *corev1.Pod, node *corev1.Node) int64 {
	sum := int64(0)
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		for _, p := range a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			says := len(p.Preference.MatchExpressions)+len(p.Preference.MatchFields) > 0
			if says && !meetsTerm(node, p.Preference) {
				sum += int64(p.Weight)
			}
		}
	}
	for _, t := range node.Spec.Taints {
		if t.Effect == corev1.TaintEffectPreferNoSchedule && !tolerated(pod, t) {
			sum++
		}
	}
	return sum
}
