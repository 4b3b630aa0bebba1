package gen

import (
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

// flavorKey is a key that no type has: a pool that wants some of its values
// leaves it open.
const flavorKey = "example.com/flavor"

// openKey makes the pool leave the flavor open, state it, or forbid it.
func openKey(t *rapid.T, p *binpack.Pool) {
	want := func(operator corev1.NodeSelectorOperator, values ...string) {
		p.Requirements = append(p.Requirements, corev1.NodeSelectorRequirement{Key: flavorKey, Operator: operator, Values: values})
	}
	switch oneOf(t, "the flavor is", "open", "open", "open but for one", "open but for all", "exists", "exists but for one", "stated", "absent") {
	case "open":
		want(corev1.NodeSelectorOpIn, "sweet", "sour")
	case "open but for one":
		want(corev1.NodeSelectorOpNotIn, "sour")
		want(corev1.NodeSelectorOpIn, "sweet", "sour")
	case "open but for all":
		want(corev1.NodeSelectorOpIn, "sweet")
		want(corev1.NodeSelectorOpIn, "sour")
	case "exists":
		want(corev1.NodeSelectorOpExists)
	case "exists but for one":
		want(corev1.NodeSelectorOpExists)
		want(corev1.NodeSelectorOpNotIn, "sour")
	case "stated":
		if p.Labels == nil {
			p.Labels = map[string]string{}
		}
		p.Labels[flavorKey] = "sour"
		want(corev1.NodeSelectorOpIn, "sweet", "sour")
	case "absent":
		want(corev1.NodeSelectorOpDoesNotExist)
	}
}

// flavor makes the pod ask for a flavor, or for none.
func flavor(t *rapid.T, p *corev1.Pod) {
	r := corev1.NodeSelectorRequirement{Key: flavorKey, Operator: corev1.NodeSelectorOperator(oneOf(t, "flavor", "In", "In", "NotIn", "Exists", "DoesNotExist"))}
	if r.Operator == corev1.NodeSelectorOpIn || r.Operator == corev1.NodeSelectorOpNotIn {
		r.Values = []string{oneOf(t, "which flavor", "sweet", "sour")}
	}
	affinityOf(p).NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{r}}},
	}}
}
