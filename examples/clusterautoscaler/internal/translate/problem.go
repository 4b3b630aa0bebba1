// Package translate makes a Problem of node groups and pending pods: each group is a pool
// with one offering, and each kind of pods a workload.
package translate

import (
	"maps"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// Problem returns the setting as a Problem over these groups, by index. Workload k is kind k.
func Problem(s estimate.Setting, groups []int) binpack.Problem {
	p := binpack.Problem{DaemonPods: s.Daemons, Pools: []binpack.Pool{}}
	for k := range s.Kinds {
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: s.Kinds[k].Pod, Replicas: s.Kinds[k].Count})
	}
	for _, g := range groups {
		p.Pools = append(p.Pools, pool(&s.Groups[g]))
	}
	return p
}

// pool returns a group as a pool. The template's own name says nothing of the nodes.
func pool(g *estimate.Group) binpack.Pool {
	labels := maps.Clone(g.Node.Labels)
	delete(labels, corev1.LabelHostname)
	zone := labels[corev1.LabelTopologyZone]
	machine := labels[corev1.LabelInstanceTypeStable]
	t := &catalog.InstanceType{
		Name:      g.ID,
		TypeLabel: machine,
		Labels:    labels,
		Capacity:  g.Node.Status.Allocatable,
		Offerings: []catalog.Offering{{Zone: zone, Price: g.Price, Limit: g.Most}},
	}
	return binpack.Pool{Name: g.ID, Taints: g.Node.Spec.Taints, Catalog: catalog.Catalog{t}}
}
