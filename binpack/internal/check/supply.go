package check

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"github.com/stowage/stowage/binpack/internal/quantity"
)

// Resources returns the faults of a list of quantities that stands at path.
func Resources(path string, list corev1.ResourceList) []Fault {
	sound := true
	for _, q := range list {
		sound = sound && quantity.Check(q) == nil
	}
	if sound {
		return nil
	}
	var f faults
	for _, name := range slices.Sorted(maps.Keys(list)) {
		f.add(fmt.Sprintf("%s[%s]", path, name), quantity.Check(list[name]))
	}
	return f
}

// asStrict has, for each operator that pools have beside those of Kubernetes, one with the
// same values.
var asStrict = map[corev1.NodeSelectorOperator]corev1.NodeSelectorOperator{
	"Gte": corev1.NodeSelectorOpGt, "Lte": corev1.NodeSelectorOpLt,
}

// Requirements returns the faults of requirements that stand at path.
func Requirements(path string, requirements []corev1.NodeSelectorRequirement) []Fault {
	var f faults
	for i, r := range requirements {
		if op, is := asStrict[r.Operator]; is { // the same values go with it
			r.Operator = op
		}
		f.add(fmt.Sprintf("%s[%d]", path, i), terms([]corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{r}}}))
	}
	return f
}

// Taints returns the faults of taints that stand at path.
func Taints(path string, taints []corev1.Taint) []Fault {
	var f faults
	for i, t := range taints {
		switch t.Effect {
		case corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute:
		default:
			f.add(fmt.Sprintf("%s[%d].effect", path, i), fmt.Errorf("%q is no taint effect", t.Effect))
		}
	}
	return f
}

// terms returns what is wrong with the terms of a node selector: an unknown
// operator, values that do not go with it, a key that no label has.
func terms(list []corev1.NodeSelectorTerm) error {
	_, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: list})
	return err
}
