package naive

import corev1 "k8s.io/api/core/v1"

// AntiAffinity returns the terms of the pod's required anti-affinity: in the
// pod's domain there is no other pod that a term selects. A node without the
// label is in no domain, and the term says nothing there.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
func AntiAffinity(pod *corev1.Pod, namespaces []*corev1.Namespace) []Term {
	return termsOf(pod, "spec.affinity.podAntiAffinity", antiAffinityTerms(pod), namespaces)
}

// antiAffinityLimits returns those of the terms that are about one node, as
// limits. A term that selects the pod itself allows for that one.
func antiAffinityLimits(pod *corev1.Pod, namespaces []*corev1.Namespace) []Limit {
	var out []Limit
	for _, t := range AntiAffinity(pod, namespaces) {
		if !t.ByNode() || t.idle {
			continue
		}
		most := int64(0)
		if t.Selects(pod) {
			most = 1
		}
		out = append(out, Limit{most, PodAntiAffinity, t.Path, t.Rule, t.content, t.selects})
	}
	return out
}

func antiAffinityTerms(pod *corev1.Pod) []corev1.PodAffinityTerm {
	a := pod.Spec.Affinity
	if a == nil || a.PodAntiAffinity == nil {
		return nil
	}
	return a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}
