package naive

import (
	"cmp"
	"maps"

	corev1 "k8s.io/api/core/v1"
)

// A Launch is all that decides what a new node looks like to pods.
type Launch struct {
	InstanceType string
	Zone         string
	CapacityType string

	CapacityTypeKey string // of the label that has CapacityType; "": CapacityTypeLabel
	TypeLabels      map[string]string
	OfferingLabels  map[string]string // count before those of the type
	PoolLabels      map[string]string
	CommonLabels    map[string]string // of every node once it is initialized
	Chosen          map[string]string // values of the pool's open keys
	PoolTaints      []corev1.Taint
}

// New returns the node that a launch becomes, without a name and a hostname,
// which nobody knows before. Its labels are under their present names; label
// reads them by either. A zone or market that is not stated is no label.
func New(l Launch) *corev1.Node {
	node := &corev1.Node{}
	node.Labels = underCurrentNames(l.CommonLabels)
	maps.Copy(node.Labels, underCurrentNames(l.Chosen))
	maps.Copy(node.Labels, underCurrentNames(l.PoolLabels))
	maps.Copy(node.Labels, ownLabels(l))
	node.Spec.Taints = l.PoolTaints
	return node
}

// Contradicts returns a label key on which the pool and the machine disagree,
// or "". Such a pool cannot launch it.
func Contradicts(l Launch) string {
	own := ownLabels(l)
	found := ""
	for k, v := range underCurrentNames(l.PoolLabels) {
		if o, ok := own[k]; ok && o != v && (found == "" || k < found) {
			found = k
		}
	}
	return found
}

// ownLabels returns the labels that the machine brings along whatever its
// pool: its type's, and what names its offering.
func ownLabels(l Launch) map[string]string {
	own := underCurrentNames(l.TypeLabels)
	own[corev1.LabelInstanceTypeStable] = l.InstanceType
	if l.Zone != "" {
		own[corev1.LabelTopologyZone] = l.Zone
	}
	if l.CapacityType != "" {
		own[cmp.Or(l.CapacityTypeKey, CapacityTypeLabel)] = l.CapacityType
	}
	for _, key := range csiZoneKeys {
		if l.Zone != "" {
			own[key] = l.Zone
		}
	}
	maps.Copy(own, underCurrentNames(l.OfferingLabels))
	return own
}
