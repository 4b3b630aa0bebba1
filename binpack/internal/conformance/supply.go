package conformance

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// supply gives the problem a pool, whose offerings are domains for spread
// whether they are launched or not. Half of the pools launch nodes that hold no
// pod at all.
func (d *drawer) supply(p *binpack.Problem) {
	pool := binpack.Pool{Name: "pool", Taints: d.taints()}
	if d.chance(50) {
		pool.Labels = map[string]string{diskKey: pick(d, valuesOf(diskKey)...)}
	}
	if d.chance(30) {
		pool.Requirements = []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: some(d, "a", "b", "d")}}
	}
	it := &catalog.InstanceType{Name: "type", Labels: map[string]string{}, Capacity: d.allocatable()}
	if d.chance(50) {
		it.Capacity = corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}
	}
	if d.chance(70) {
		it.Labels[rackKey] = pick(d, valuesOf(rackKey)...)
	}
	for i, zone := range some(d, "", "a", "b", "d") {
		it.Offerings = append(it.Offerings, catalog.Offering{
			Zone: zone, CapacityType: catalog.OnDemand, Price: catalog.Price(1 + i), Unavailable: d.chance(20),
		})
	}
	if d.chance(30) {
		pool.StartupTaints = []corev1.Taint{{Key: "example.com/starting", Effect: corev1.TaintEffectNoExecute}}
	}
	p.Pools, p.Catalog = []binpack.Pool{pool}, catalog.Catalog{it}
}

// launches reports whether the pool may launch nodes in the zone.
func launches(pool binpack.Pool, zone string) bool {
	return !slices.ContainsFunc(pool.Requirements, func(r corev1.NodeSelectorRequirement) bool { return !slices.Contains(r.Values, zone) })
}

// launched returns the node that an offering becomes in a pool.
func launched(pool binpack.Pool, it *catalog.InstanceType, offering int) *corev1.Node {
	n := &corev1.Node{}
	n.Name = fmt.Sprintf("launched-%d", offering)
	n.Labels = map[string]string{corev1.LabelInstanceTypeStable: it.Name}
	maps.Copy(n.Labels, it.Labels)
	maps.Copy(n.Labels, pool.Labels)
	if zone := it.Offerings[offering].Zone; zone != "" {
		n.Labels[corev1.LabelTopologyZone] = zone
	}
	n.Spec.Taints = pool.Taints
	n.Status.Allocatable = it.Capacity.DeepCopy()
	return n
}
