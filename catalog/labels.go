package catalog

import (
	"cmp"
	"maps"

	corev1 "k8s.io/api/core/v1"
)

// CapacityTypeLabel is the key of the node label that has the capacity type
// where the catalog does not say another.
const CapacityTypeLabel = "karpenter.sh/capacity-type"

// OfferingLabels returns the labels that a node launched from the i-th
// offering has through its type and offering: the type's labels,
// node.kubernetes.io/instance-type, topology.kubernetes.io/zone, the capacity
// type under its key, and the offering's labels. Of two that disagree the later
// in this list counts. A zone or capacity type that is "" gives no label, and
// neither does a choice, which is not made yet.
//
// Kubernetes keeps the labels of architecture, operating system, instance
// type, zone and region under an older key as well; a node that has one of
// the two has both, see
// https://kubernetes.io/docs/reference/labels-annotations-taints/.
//
// The caller owns the map.
func (t *InstanceType) OfferingLabels(i int) map[string]string {
	o := &t.Offerings[i]
	labels := make(map[string]string, len(t.Labels)+len(o.Labels)+8)
	maps.Copy(labels, t.Labels)
	labels[corev1.LabelInstanceTypeStable] = t.typeLabel()
	if o.Zone != "" {
		labels[corev1.LabelTopologyZone] = o.Zone
	}
	if o.CapacityType != "" {
		labels[t.capacityTypeKey()] = string(o.CapacityType)
	}
	for key, value := range o.Labels {
		// Under its current key, so that it counts before the type's.
		if _, both := o.Labels[CurrentKey(key)]; !both {
			key = CurrentKey(key)
		}
		labels[key] = value
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

// OfferingLabel returns the value that OfferingLabels has for the key, and
// whether it has one. It makes no map.
func (t *InstanceType) OfferingLabel(i int, key string) (string, bool) {
	o := &t.Offerings[i]
	key = CurrentKey(key)
	if v, ok := lookUp(o.Labels, key); ok {
		return v, true
	}
	switch {
	case key == t.capacityTypeKey() && o.CapacityType != "":
		return string(o.CapacityType), true
	case key == corev1.LabelTopologyZone && o.Zone != "":
		return o.Zone, true
	case key == corev1.LabelInstanceTypeStable:
		return t.typeLabel(), true
	}
	return lookUp(t.Labels, key)
}

func (t *InstanceType) typeLabel() string       { return cmp.Or(t.TypeLabel, t.Name) }
func (t *InstanceType) capacityTypeKey() string { return cmp.Or(t.CapacityTypeKey, CapacityTypeLabel) }

// CurrentKey returns the key that a label goes by today: the current one of a
// key that Kubernetes has renamed, else the key itself.
func CurrentKey(key string) string {
	for _, l := range aliases() {
		if key == l.old {
			return l.key
		}
	}
	return key
}

// lookUp returns the label of a key, which is a current one, under whichever of
// its keys the labels hold it.
func lookUp(labels map[string]string, key string) (string, bool) {
	if v, ok := labels[key]; ok {
		return v, true
	}
	for _, l := range aliases() {
		if key == l.key {
			v, ok := labels[l.old]
			return v, ok
		}
	}
	return "", false
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
