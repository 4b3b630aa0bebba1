package gen

import (
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"
)

// preferences draws what the pod would like.
func preferences(t *rapid.T, p *corev1.Pod) {
	a := affinityOf(p)
	if sometimes(t, 2, "prefers nodes") {
		if a.NodeAffinity == nil {
			a.NodeAffinity = &corev1.NodeAffinity{}
		}
		for range rapid.IntRange(1, 2).Draw(t, "preferred terms") {
			term := corev1.PreferredSchedulingTerm{Weight: weight(t)}
			term.Preference.MatchExpressions = []corev1.NodeSelectorRequirement{requirement(t)}
			a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = append(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution, term)
		}
	}
	if sometimes(t, 3, "prefers pods") {
		if a.PodAffinity == nil {
			a.PodAffinity = &corev1.PodAffinity{}
		}
		a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution = weighted(t)
	}
	if sometimes(t, 3, "avoids pods") {
		if a.PodAntiAffinity == nil {
			a.PodAntiAffinity = &corev1.PodAntiAffinity{}
		}
		a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution = weighted(t)
	}
	if sometimes(t, 3, "prefers to be spread") {
		p.Spec.TopologySpreadConstraints = append(p.Spec.TopologySpreadConstraints, spreads(t, corev1.ScheduleAnyway)...)
	}
}

func weight(t *rapid.T) int32 {
	return rapid.SampledFrom([]int32{1, 1, 2, 100}).Draw(t, "weight of a preference")
}

func weighted(t *rapid.T) []corev1.WeightedPodAffinityTerm {
	var out []corev1.WeightedPodAffinityTerm
	for _, term := range terms(t) {
		out = append(out, corev1.WeightedPodAffinityTerm{Weight: weight(t), PodAffinityTerm: term})
	}
	return out
}
