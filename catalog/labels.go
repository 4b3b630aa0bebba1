package catalog

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
)

// CapacityTypeLabel is the key of the node label that has the capacity type.
// The other keys that an offering decides are in k8s.io/api/core/v1.
const CapacityTypeLabel = "karpenter.sh/capacity-type"

// OfferingLabels returns the labels that a node launched from the i-th
// offering has through its type and offering: the type's labels,
// node.kubernetes.io/instance-type, topology.kubernetes.io/zone and
// karpenter.sh/capacity-type, the offering's word before the type's. A zone or
// capacity type that is "" gives no label.
//
// Kubernetes keeps the labels of architecture, operating system, instance
// type, zone and region under an older key as well; a node that has one of
// the two has both, see
// https://kubernetes.io/docs/reference/labels-annotations-taints/.
//
// The caller owns the map.
func (t *InstanceType) OfferingLabels(i int) map[string]string {
	o := &t.Offerings[i]
	labels := make(map[string]string, len(t.Labels)+8)
	maps.Copy(labels, t.Labels)
	labels[corev1.LabelInstanceTypeStable] = t.Name
	if o.Zone != "" {
		labels[corev1.LabelTopologyZone] = o.Zone
	}
	if o.CapacityType != "" {
		labels[CapacityTypeLabel] = string(o.CapacityType)
	}
	for _, l := range aliases() {
		// Of two that disagree the current key is right.
		if v, ok := labels[l.key]; ok {
			labels[l.old] = v
		} else if v, ok := labels[l.old]; ok {
			labels[l.key] = v
		}
	}
	return labels
}

// An alias is a label key and the older one that means the same.
type alias struct{ key, old string }

func aliases() [5]alias {
	return [...]alias{
		{corev1.LabelArchStable, "beta.kubernetes.io/arch"},
		{corev1.LabelOSStable, "beta.kubernetes.io/os"},
		{corev1.LabelInstanceTypeStable, corev1.LabelInstanceType},
		{corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone},
		{corev1.LabelTopologyRegion, corev1.LabelFailureDomainBetaRegion},
	}
}
