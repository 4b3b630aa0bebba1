package binpack

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// Node returns the node as it joins when l is launched: labels with their
// aliases, taints (startup taints last), capacity and allocatable. It has no
// name yet, and neither the NodeLabels of p nor what a CSI driver says. Where p does not know the pool or the offering, what they would
// add is missing.
func (p Problem) Node(l Launch) *corev1.Node {
	node := &corev1.Node{}
	node.Labels = map[string]string{}
	for _, pool := range p.EffectivePools() {
		if pool.Name != l.Pool {
			continue
		}
		for _, t := range p.CatalogOf(&pool) {
			for i := range t.Offerings {
				if t.Key(i) == l.Offering {
					maps.Copy(node.Labels, t.OfferingLabels(i))
					node.Status.Capacity = t.Capacity.DeepCopy()
					node.Status.Allocatable = t.AllocatableOf(i)
				}
			}
		}
		maps.Copy(node.Labels, pool.Labels)
		node.Spec.Taints = slices.Concat(pool.Taints, pool.StartupTaints)
	}
	maps.Copy(node.Labels, l.Labels)
	nodelabel.AddAliases(node.Labels)
	return node
}
