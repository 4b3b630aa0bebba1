package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// spread returns the limits that the pod's spread over nodes sets. Skew is
// measured against the domain with the fewest pods, and a node that might yet
// be launched is one with none: so no node of the pod's holds more than maxSkew
// of the pods that the constraint selects, all of the pod's namespace. Which
// other nodes count (minDomains, nodeAffinityPolicy, nodeTaintsPolicy) changes
// nothing about that.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
func spread(pod *corev1.Pod) []Limit {
	var out []Limit
	for i, c := range pod.Spec.TopologySpreadConstraints {
		selector := selectorOf(pod, c.LabelSelector, c.MatchLabelKeys, nil)
		if !overNodes(c) || selector == nil {
			continue
		}
		of := podSelector{namespaces: []string{namespaceOf(pod)}, among: labels.Nothing(), labels: selector}
		out = append(out, Limit{int64(c.MaxSkew), TopologySpread, spreadPath(i), selectorString(selector), of.content(), of.selects})
	}
	return out
}

// overNodes reports whether the constraint is one that spread states.
func overNodes(c corev1.TopologySpreadConstraint) bool {
	return current(c.TopologyKey) == corev1.LabelHostname && c.WhenUnsatisfiable != corev1.ScheduleAnyway
}

func spreadPath(i int) string { return fmt.Sprintf("spec.topologySpreadConstraints[%d]", i) }

// otherSpread returns the path of the first constraint that spread does not
// state, or "".
func otherSpread(pod *corev1.Pod) string {
	for i, c := range pod.Spec.TopologySpreadConstraints {
		if !overNodes(c) {
			return spreadPath(i)
		}
	}
	return ""
}
