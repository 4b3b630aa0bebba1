package simulate

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// A World is a Problem as Cluster Autoscaler sees it.
type World struct {
	Problem binpack.Problem
	Pods    []*corev1.Pod
	Groups  []estimate.Group
	Limits  []estimate.Limit
	launch  []binpack.Launch // group → a launch of one of its nodes
}

// NewWorld makes groups of the pools of p. Weights are dropped: groups have none. The
// replicas of workloads become pods of their own.
func NewWorld(p binpack.Problem) (*World, error) {
	if len(p.Existing) > 0 || len(p.Quotas) > 0 {
		return nil, fmt.Errorf("existing nodes and quotas are not simulated")
	}
	p.Pools = slices.Clone(p.EffectivePools())
	w := &World{}
	for i := range p.Pools {
		p.Pools[i].Weight = 0
		if err := w.addPool(p, &p.Pools[i]); err != nil {
			return nil, err
		}
	}
	w.Pods = slices.Clone(p.Pods)
	for _, l := range p.Workloads {
		for i := range l.Replicas {
			pod := l.Pod.DeepCopy()
			pod.Name = fmt.Sprintf("%s-%d", l.Pod.Name, i)
			w.Pods = append(w.Pods, pod)
		}
	}
	p.Pods, p.Workloads = w.Pods, nil
	w.Problem = p
	return w, nil
}

// addPool adds a group for each offering of a pool and each value of its open labels.
func (w *World) addPool(p binpack.Problem, pool *binpack.Pool) error {
	first := len(w.Groups)
	for key, o := range p.CatalogOf(pool).Offerings() {
		if o.Unavailable {
			continue
		}
		base := binpack.Launch{Pool: pool.Name, Offering: key, Price: o.Price}
		for _, l := range openLabels(p, pool, base) {
			node := p.Node(l)
			label := func(k string) (string, bool) { v, ok := node.Labels[k]; return v, ok }
			if !catalog.Meets(label, pool.Requirements...) {
				continue
			}
			id := fmt.Sprintf("%s/%s/%s/%s", pool.Name, key.InstanceType, key.Zone, key.CapacityType)
			for _, k := range slices.Sorted(maps.Keys(l.Labels)) {
				id += "/" + l.Labels[k]
			}
			node.Name = id
			w.Groups = append(w.Groups, estimate.Group{ID: id, Node: node, Price: o.Price, Most: o.Limit})
			w.launch = append(w.launch, l)
		}
	}
	var members []int
	for g := first; g < len(w.Groups); g++ {
		members = append(members, g)
	}
	for name, left := range pool.Limits {
		w.Limits = append(w.Limits, estimate.Limit{Groups: members, Resource: name, Left: left})
	}
	slices.SortStableFunc(w.Limits, func(a, b estimate.Limit) int { return 0 })
	return nil
}

// openLabels returns the launch with each value of the labels that the pool requires and
// nothing carries.
func openLabels(p binpack.Problem, pool *binpack.Pool, l binpack.Launch) []binpack.Launch {
	out := []binpack.Launch{l}
	has := p.Node(l).Labels
	for _, r := range pool.Requirements {
		if _, ok := has[r.Key]; ok || r.Operator != corev1.NodeSelectorOpIn {
			continue
		}
		var next []binpack.Launch
		for _, b := range out {
			for _, v := range r.Values {
				c := b
				c.Labels = maps.Clone(b.Labels)
				if c.Labels == nil {
					c.Labels = make(map[string]string)
				}
				c.Labels[r.Key] = v
				next = append(next, c)
			}
		}
		out = next
	}
	return out
}
