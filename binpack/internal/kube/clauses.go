package kube

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Terms returns what the rules ask of labels, as terms; each is met or not: the node
// selector with each term of the required node affinity, what each volume allows, and the
// preferences.
func (r *RuleSet) Terms() []corev1.NodeSelectorTerm {
	var selector []corev1.NodeSelectorRequirement
	for _, k := range slices.Sorted(maps.Keys(r.Node.pod.Spec.NodeSelector)) {
		selector = append(selector, corev1.NodeSelectorRequirement{Key: k, Operator: corev1.NodeSelectorOpIn, Values: []string{r.Node.pod.Spec.NodeSelector[k]}})
	}
	required, _ := RequiredTerms(r.Node.pod)
	if len(required) == 0 {
		required = []corev1.NodeSelectorTerm{{}}
	}
	var out []corev1.NodeSelectorTerm
	for _, t := range required {
		out = append(out, corev1.NodeSelectorTerm{MatchExpressions: slices.Concat(selector, t.MatchExpressions)})
	}
	for i := range r.Node.volumes {
		out = append(out, r.Node.volumes[i].Nodes.NodeSelectorTerms...)
	}
	for _, t := range preferredNodeTerms(r.Node.pod) {
		out = append(out, t.Preference)
	}
	return out
}
