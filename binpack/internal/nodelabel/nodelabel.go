// Package nodelabel knows the labels of nodes that go by two names, and which labels
// every node has.
package nodelabel

import corev1 "k8s.io/api/core/v1"

// aliases are label keys that Kubernetes renamed: a node carries both, and
// both mean the same.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/
var aliases = [...][2]string{
	{corev1.LabelArchStable, "beta.kubernetes.io/arch"},
	{corev1.LabelOSStable, "beta.kubernetes.io/os"},
	{corev1.LabelInstanceTypeStable, corev1.LabelInstanceType},
	{corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone},
	{corev1.LabelTopologyRegion, corev1.LabelFailureDomainBetaRegion},
}

// Canonical returns the name that a label key goes by today.
func Canonical(key string) string {
	for _, a := range aliases {
		if key == a[1] {
			return a[0]
		}
	}
	return key
}

// OnEveryNode reports whether every launched node has a label of the key, which
// goes by its current name, whatever type and pool state.
func OnEveryNode(key string) bool {
	switch key {
	case corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, CapacityType, corev1.LabelHostname:
		return true
	}
	return IsZoneOfDriver(key)
}

// CapacityType is the label of a node's market.
const CapacityType = "karpenter.sh/capacity-type"

// Of returns the label of a key, which goes by its current name, under
// whichever of its names the labels hold it.
func Of(labels map[string]string, key string) (string, bool) {
	if v, ok := labels[key]; ok {
		return v, true
	}
	for _, a := range aliases {
		if key == a[0] {
			v, ok := labels[a[1]]
			return v, ok
		}
	}
	return "", false
}

// AddAliases gives the labels every alias of what they hold. Where both names
// of a label are there they are left as they are.
func AddAliases(labels map[string]string) {
	for _, a := range aliases {
		for _, k := range [][2]string{{a[0], a[1]}, {a[1], a[0]}} {
			v, ok := labels[k[0]]
			if _, there := labels[k[1]]; ok && !there {
				labels[k[1]] = v
			}
		}
	}
}
