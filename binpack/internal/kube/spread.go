package kube

import corev1 "k8s.io/api/core/v1"

// spreadByNode returns the groups of the pod's hard spread constraints by
// hostname. A node that is not launched yet counts as an empty domain, as
// Karpenter reads it, so the least count is 0 and no node holds more than
// maxSkew of the selected pods.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
func spreadByNode(pod *corev1.Pod) []PodGroup {
	var out []PodGroup
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		if !hardByNode(c) {
			continue
		}
		s := PodSelector{
			labels:     selector(c.LabelSelector, pod, c.MatchLabelKeys, nil),
			namespaces: func(name string) bool { return name == Namespace(pod) },
		}
		out = append(out, PodGroup{Selects: s.Matches, Most: int64(c.MaxSkew)})
	}
	return out
}

// hardByNode reports whether a constraint must hold and is about nodes.
func hardByNode(c *corev1.TopologySpreadConstraint) bool {
	return c.TopologyKey == corev1.LabelHostname && c.WhenUnsatisfiable != corev1.ScheduleAnyway
}
