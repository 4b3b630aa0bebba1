package manifest

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// Zones returns the zones that nodes are in and NodePools require, by name: a hint
// at the region.
func (o *Objects) Zones() []string {
	var zones []string
	for _, f := range o.found {
		switch v := f.value.(type) {
		case *corev1.Node:
			if zone := v.Labels[corev1.LabelTopologyZone]; zone != "" {
				zones = append(zones, zone)
			}
		case *karpenter.NodePool:
			for _, r := range v.Spec.Template.Spec.Requirements {
				if r.Key == corev1.LabelTopologyZone && r.Operator == corev1.NodeSelectorOpIn {
					zones = append(zones, r.Values...)
				}
			}
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}
