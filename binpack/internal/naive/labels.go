package naive

import corev1 "k8s.io/api/core/v1"

// CapacityTypeLabel is the node label for the market that the node is bought
// in.
const CapacityTypeLabel = "karpenter.sh/capacity-type"

// Current returns the present name of a label key. Kubernetes renamed five
// labels that every node carries under both names.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/
func Current(key string) string {
	switch key {
	case "beta.kubernetes.io/arch":
		return corev1.LabelArchStable
	case "beta.kubernetes.io/os":
		return corev1.LabelOSStable
	case "beta.kubernetes.io/instance-type":
		return corev1.LabelInstanceTypeStable
	case "failure-domain.beta.kubernetes.io/zone":
		return corev1.LabelTopologyZone
	case "failure-domain.beta.kubernetes.io/region":
		return corev1.LabelTopologyRegion
	}
	return key
}

// underCurrentNames returns the labels by the present names of their keys.
// Where both names of a label are given, the present one counts.
func underCurrentNames(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for k, v := range labels {
		if _, both := labels[Current(k)]; Current(k) == k || !both {
			out[Current(k)] = v
		}
	}
	return out
}

// label returns the value that the node has of a label, and whether it has
// it. Every node has a hostname; a new node's is not known yet and equals no
// value that anyone could write.
func label(node *corev1.Node, key string) (string, bool) {
	key = Current(key)
	if v, ok := node.Labels[key]; ok {
		return v, true
	}
	if key == corev1.LabelHostname {
		return "\x00not known yet", true
	}
	return "", false
}

// csiZoneKeys are labels by which CSI drivers know the zone of a node.
var csiZoneKeys = []string{"topology.ebs.csi.aws.com/zone", "topology.gke.io/zone", "topology.disk.csi.azure.com/zone"}
