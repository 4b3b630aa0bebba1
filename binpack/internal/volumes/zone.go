package volumes

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// zoneKeys are the labels of a volume that say where it can be reached, under their new
// names and the old.
var zoneKeys = [...]string{
	corev1.LabelFailureDomainBetaZone, corev1.LabelFailureDomainBetaRegion, corev1.LabelTopologyZone, corev1.LabelTopologyRegion,
}

// zoneReach returns the nodes that the zone labels of a volume allow: those with a value
// of each, and those without zone and region. A value may list several zones, with two
// underscores between them; a list with an empty one counts for nothing.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone
func zoneReach(v *corev1.PersistentVolume) (nodes corev1.NodeSelector, rule string, found bool) {
	var term, none corev1.NodeSelectorTerm
	var parts []string
	for _, key := range zoneKeys {
		none.MatchExpressions = append(none.MatchExpressions, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpDoesNotExist})
		values := zonesIn(v.Labels[key])
		if len(values) == 0 {
			continue
		}
		r := corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
		term.MatchExpressions = append(term.MatchExpressions, r)
		parts = append(parts, kube.RequirementString(r))
	}
	if len(parts) == 0 {
		return corev1.NodeSelector{}, "", false
	}
	return corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term, none}}, "labels of the volume: " + strings.Join(parts, " and "), true
}

// zonesIn returns the zones that a label lists; nil: it is none that can be read.
func zonesIn(label string) []string {
	zones := strings.Split(label, "__")
	for i := range zones {
		if zones[i] = strings.TrimSpace(zones[i]); zones[i] == "" {
			return nil
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}
