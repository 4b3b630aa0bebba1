package reading

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

func TestVocabulary(t *testing.T) {
	key := naive.OpenKey{Key: "team", Stated: true, Values: []string{"a", "b", "c", "d"}}
	affine := func(terms ...corev1.NodeSelectorTerm) *corev1.Pod {
		pod := &corev1.Pod{}
		pod.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
		}}
		return pod
	}
	expression := func(operator string, values ...string) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "team", Operator: corev1.NodeSelectorOperator(operator), Values: values}}}
	}
	preferring := &corev1.Pod{}
	preferring.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{Preference: expression("In", "d")}},
	}}
	spread := &corev1.Pod{}
	spread.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{TopologyKey: "team"}}
	with := &corev1.Pod{}
	with.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "team"}}}}
	apart := &corev1.Pod{}
	apart.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "team"}}}}
	for name, test := range map[string]struct {
		pods []*corev1.Pod
		want []string
	}{
		"nobody":         {nil, []string{"a"}},
		"selector":       {[]*corev1.Pod{{Spec: corev1.PodSpec{NodeSelector: map[string]string{"team": "c"}}}}, []string{"a", "c"}},
		"another key":    {[]*corev1.Pod{{Spec: corev1.PodSpec{NodeSelector: map[string]string{"tier": "c"}}}}, []string{"a"}},
		"affinity":       {[]*corev1.Pod{affine(expression("In", "a", "b"), expression("NotIn", "d"))}, []string{"a", "b", "c", "d"}},
		"all named":      {[]*corev1.Pod{affine(expression("In", "a", "b", "c", "d"))}, []string{"a", "b", "c", "d"}},
		"exists":         {[]*corev1.Pod{affine(expression("Exists"))}, []string{"a"}},
		"numbers":        {[]*corev1.Pod{affine(expression("Gt", "1"))}, []string{"a", "b", "c", "d"}},
		"preference":     {[]*corev1.Pod{preferring}, []string{"a", "d"}},
		"spread":         {[]*corev1.Pod{spread}, []string{"a", "b", "c", "d"}},
		"with others":    {[]*corev1.Pod{with}, []string{"a", "b", "c", "d"}},
		"apart from all": {[]*corev1.Pod{apart}, []string{"a", "b", "c", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, NewVocabulary(test.pods).Distinct(key))
		})
	}
}
