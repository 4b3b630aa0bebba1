package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestPenalty(t *testing.T) {
	wants := func(weight int32, key, value string) corev1.PreferredSchedulingTerm {
		return corev1.PreferredSchedulingTerm{Weight: weight, Preference: corev1.NodeSelectorTerm{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{value}}},
		}}
	}
	taint := func(effect corev1.TaintEffect) []corev1.Taint { return []corev1.Taint{{Key: "slow", Effect: effect}} }
	type terms = []corev1.PreferredSchedulingTerm
	for name, test := range map[string]struct {
		terms     terms
		taints    []corev1.Taint
		tolerated string
		want      int64
	}{
		"nothing":                     {nil, nil, "", 0},
		"met":                         {terms{wants(5, "team", "x")}, nil, "", 0},
		"not met":                     {terms{wants(5, "team", "y")}, nil, "", 5},
		"weights add up":              {terms{wants(5, "team", "y"), wants(7, zone, "a"), wants(20, corev1.LabelFailureDomainBetaZone, "b")}, nil, "", 25},
		"a term without content":      {terms{{Weight: 100}}, nil, "", 0},
		"taint":                       {nil, taint(corev1.TaintEffectPreferNoSchedule), "", 1},
		"two taints":                  {nil, append(taint(corev1.TaintEffectPreferNoSchedule), corev1.Taint{Key: "old", Effect: corev1.TaintEffectPreferNoSchedule}), "", 2},
		"one of two tolerated":        {nil, append(taint(corev1.TaintEffectPreferNoSchedule), corev1.Taint{Key: "old", Effect: corev1.TaintEffectPreferNoSchedule}), "old", 1},
		"tolerated":                   {nil, taint(corev1.TaintEffectPreferNoSchedule), "slow", 0},
		"taint that is no preference": {nil, taint(corev1.TaintEffectNoSchedule), "", 0},
		"term and taint":              {terms{wants(5, "team", "y")}, taint(corev1.TaintEffectPreferNoSchedule), "", 6},
	} {
		t.Run(name, func(t *testing.T) {
			pod := affine(corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: test.terms}})
			if test.tolerated != "" {
				pod.Spec.Tolerations = []corev1.Toleration{{Key: test.tolerated, Operator: corev1.TolerationOpExists}}
			}
			node := New(Launch{Zone: "a", PoolLabels: map[string]string{"team": "x"}, PoolTaints: test.taints})
			require.Equal(t, test.want, Penalty(&pod, node))
		})
	}
	require.Zero(t, Penalty(&corev1.Pod{}, New(Launch{})))
}
