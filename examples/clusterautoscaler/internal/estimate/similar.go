package estimate

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// Labels that nodes of similar groups may differ in. Cluster Autoscaler has more, of
// clouds and by --balancing-ignore-label.
var placeLabels = []string{
	corev1.LabelHostname, corev1.LabelTopologyZone, corev1.LabelTopologyRegion,
	corev1.LabelFailureDomainBetaZone, corev1.LabelFailureDomainBetaRegion,
	"topology.ebs.csi.aws.com/zone", "topology.k8s.aws/zone-id",
	"alpha.eksctl.io/nodegroup-name", "eks.amazonaws.com/nodegroup",
}

// similar finds the groups that grow together where balancing is on.
func (m *Model) similar() {
	m.alike = make([][]int, len(m.Groups))
	for g := range m.Groups {
		m.alike[g] = []int{g}
		for o := range m.Groups {
			if m.Balance && o != g && Similar(m.Groups[g].Node, m.Groups[o].Node) {
				m.alike[g] = append(m.alike[g], o)
			}
		}
	}
}

// Similar reports whether nodes of two groups differ in nothing but their place.
func Similar(a, b *corev1.Node) bool {
	return equality.Semantic.DeepEqual(a.Status.Allocatable, b.Status.Allocatable) &&
		equality.Semantic.DeepEqual(a.Spec.Taints, b.Spec.Taints) &&
		maps.Equal(withoutPlace(a.Labels), withoutPlace(b.Labels))
}

func withoutPlace(labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	maps.DeleteFunc(out, func(k, _ string) bool { return slices.Contains(placeLabels, k) })
	return out
}
