package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

func prefers(pod *corev1.Pod, weight int32, reqs ...corev1.NodeSelectorRequirement) *corev1.Pod {
	a := affinityOf(pod).NodeAffinity
	a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution, corev1.PreferredSchedulingTerm{Weight: weight, Preference: term(reqs...)})
	return pod
}

// TestUnmetPreferences: the weight of what a node does not meet: of a pod that would
// like zone a by 10 and spot by 1, and tolerates a taint.
func TestUnmetPreferences(t *testing.T) {
	pod := prefers(prefers(labelled(""), 10, requirement(zone, "In", "a")), 1, requirement("market", "In", "spot"))
	tolerant := pod.DeepCopy()
	tolerant.Spec.Tolerations = []corev1.Toleration{{Key: "only", Operator: corev1.TolerationOpExists}}
	for name, tt := range map[string]struct {
		pod  *corev1.Pod
		node kube.Node
		want int64
	}{
		"all":                        {pod, on(zone, "a", "market", "spot"), 0},
		"by an old name":             {pod, on(corev1.LabelFailureDomainBetaZone, "a", "market", "spot"), 0},
		"one":                        {pod, on(zone, "a"), 1},
		"the other":                  {pod, on("market", "spot"), 10},
		"none":                       {pod, on(), 11},
		"a taint":                    {pod, withTaint(on(zone, "a"), corev1.TaintEffectPreferNoSchedule), 2},
		"two taints":                 {pod, withTaint(withTaint(on(zone, "a"), corev1.TaintEffectPreferNoSchedule), corev1.TaintEffectPreferNoSchedule), 3},
		"a taint that it tolerates":  {tolerant, withTaint(on(zone, "a"), corev1.TaintEffectPreferNoSchedule), 1},
		"a taint that is no wish":    {pod, withTaint(on(zone, "a"), corev1.TaintEffectNoSchedule), 1},
		"nothing asked":              {labelled(""), on(), 0},
		"all of a term must be true": {prefers(labelled(""), 5, requirement(zone, "In", "a"), requirement("market", "In", "spot")), on(zone, "a"), 5},
		"an empty term asks nothing, and gives nothing": {prefers(labelled(""), 5), on(), 5},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, kube.NodePreferencesOf(tt.pod).Unmet(tt.node)) })
	}
	require.Equal(t, []string{zone, "market"}, kube.NodePreferencesOf(pod).Keys())
}
