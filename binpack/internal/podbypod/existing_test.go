package podbypod

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// existing returns a node that is there, or one that joins as it will be, with its pods.
func (w *world) existing(e binpack.ExistingNode) *spot {
	n := e.Node
	s := &spot{what: n.Name, name: n.Name, labels: map[string]string{}, leaving: n.DeletionTimestamp != nil, room: n.Status.Allocatable, taints: n.Spec.Taints}
	under(s.labels, n.Labels)
	if _, stated := s.labels[corev1.LabelHostname]; !stated {
		s.labels[corev1.LabelHostname] = n.Name
	}
	for _, pod := range e.Pods {
		if !ended(pod) {
			s.tenants = append(s.tenants, &tenant{pod: pod, at: s})
		}
	}
	for _, t := range s.taints {
		if slices.Contains([]string{"karpenter.sh/disrupted", "ToBeDeletedByClusterAutoscaler"}, t.Key) && t.Effect != corev1.TaintEffectPreferNoSchedule {
			s.leaving = true
		}
	}
	if n.Spec.Unschedulable { // the node controller adds it
		s.taints = slices.Concat(s.taints, []corev1.Taint{{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}})
	}
	if e.Joining {
		w.join(s, e)
	}
	return s
}

// join makes a node that is on its way what it will be.
func (w *world) join(s *spot, e binpack.ExistingNode) {
	pool := w.poolOf(s, e)
	passing := w.problem.JoiningTaints
	if passing == nil {
		for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable, corev1.TaintNodeNetworkUnavailable, "node.cloudprovider.kubernetes.io/uninitialized", "karpenter.sh/unregistered"} {
			passing = append(passing, corev1.Taint{Key: key})
		}
	}
	types := w.problem.Catalog
	if pool != nil {
		passing, types = slices.Concat(passing, pool.StartupTaints), w.problem.CatalogOf(pool)
	}
	s.taints = slices.DeleteFunc(slices.Clone(s.taints), func(t corev1.Taint) bool {
		return slices.ContainsFunc(passing, func(p corev1.Taint) bool { return p.Key == t.Key && (p.Effect == "" || p.Effect == t.Effect) })
	})
	s.room = maps.Clone(s.room)
	if s.room == nil {
		s.room = corev1.ResourceList{}
	}
	room := brings(types, s.labels)
	if e.Launch != nil {
		from := &spot{}
		if of, t, i := w.offered(e.Launch); t != nil {
			from = w.node(of, t, i, e.Launch.Labels, "")
		}
		room = from.room
		under(s.labels, from.labels)
		for _, t := range pool.Taints { // it may have reported nothing yet
			if !slices.ContainsFunc(s.taints, func(o corev1.Taint) bool { return o.Key == t.Key && o.Effect == t.Effect }) {
				s.taints = append(s.taints, t)
			}
		}
	}
	for name, q := range room {
		if has := s.room[name]; has.Cmp(q) < 0 {
			s.room[name] = q
		}
	}
	driverZones(s.labels)
	under(s.labels, w.problem.NodeLabels)
	w.runDaemons(s)
}

// poolOf returns the pool of a joining node; nil: of none.
func (w *world) poolOf(s *spot, e binpack.ExistingNode) *binpack.Pool {
	var best *binpack.Pool
	pools := w.problem.EffectivePools()
	name := e.Pool
	if name == "" && e.Launch != nil {
		name = e.Launch.Pool
	}
	for i := range pools {
		p := &pools[i]
		if name != "" {
			if p.Name == name {
				return p
			}
			continue
		}
		all := true
		for key, value := range p.Labels {
			has, there := s.labels[today(key)]
			all = all && there && has == value
		}
		if all && (best == nil || len(p.Labels) > len(best.Labels)) {
			best = p
		}
	}
	return best
}

// brings returns what the offering has that a joining node's labels say it is of.
func brings(types catalog.Catalog, labels map[string]string) corev1.ResourceList {
	if labels[corev1.LabelInstanceTypeStable] == "" {
		return nil
	}
	for _, t := range types {
		for i := range t.Offerings {
			of, fits := offeringLabels(t, &t.Offerings[i]), true
			for _, key := range []string{corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, catalog.CapacityTypeLabel} {
				if has, there := labels[key]; there && has != "" && of[key] != "" {
					fits = fits && has == of[key]
				}
			}
			if fits {
				return t.AllocatableOf(i)
			}
		}
	}
	return nil
}

// driverZones adds the zone under the keys of CSI drivers.
func driverZones(labels map[string]string) {
	for _, key := range []string{"topology.ebs.csi.aws.com/zone", "topology.disk.csi.azure.com/zone", "topology.gke.io/zone"} {
		if zone, there := labels[corev1.LabelTopologyZone]; there && labels[key] == "" {
			labels[key] = zone
		}
	}
}
