package binpack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// An offer is an offering as one pool may launch it.
type offer struct {
	pool     int // index in poolsOf
	key      catalog.Key
	itype    *catalog.InstanceType
	offering *catalog.Offering
	view     int // index of what pods see of the node
	limit    int // most launches; Unlimited: no limit known; 0 also where its daemons do not fit
}

// A view is what node rules and taints can tell of a node: its pool's taints
// and the labels that some rule reads. Offers are many, views are few.
type view struct {
	labels  map[string]string // with aliases
	taints  []corev1.Taint
	allowed bool        // by the pool's requirements
	admits  []admission // per rule set
	daemons []int       // those that run there
}

// A supply is all that a Problem may launch.
type supply struct {
	pools   []Pool
	stocked []bool   // per pool: its catalog has something to launch
	blocked []string // per pool: the path of its rule that is not modelled; "": none
	offers  []offer  // those that the pool's labels and requirements allow, by name
	views   []view
}

// poolsOf returns the pools of p: one without rules where it states none.
func poolsOf(p *Problem) []Pool {
	if p.Pools == nil {
		return []Pool{{}}
	}
	return p.Pools
}

// catalogOf returns what the pool may launch.
func catalogOf(p *Problem, pool *Pool) catalog.Catalog {
	if pool.Catalog != nil {
		return pool.Catalog
	}
	return p.Catalog
}

// supplyOf asks the pools and the Availability what may be launched.
func supplyOf(p *Problem, sets []ruleSet, daemons []daemon) supply {
	s := supply{pools: poolsOf(p)}
	s.stocked, s.blocked = make([]bool, len(s.pools)), make([]string, len(s.pools))
	keys := keysRead(s.pools, sets, daemons)
	index := map[string]int{}
	limits := limitsOf(p)
	for i := range s.pools {
		pool := &s.pools[i]
		s.blocked[i] = blockedPool(p, s.pools, i)
		labels := canonical(pool.Labels)
		for _, t := range catalogOf(p, pool) {
			for j := range t.Offerings {
				s.stocked[i] = true
				k := t.Key(j)
				own := offeringLabels(t.Labels, k)
				if disagree(labels, own) {
					continue
				}
				v := s.viewOf(index, i, project(keys, own, labels), sets, daemons)
				if s.views[v].allowed {
					s.offers = append(s.offers, offer{i, k, t, &t.Offerings[j], v, limits[k]})
				}
			}
		}
	}
	slices.SortFunc(s.offers, func(a, b offer) int { return compareOffers(s.pools, a, b) })
	return s
}

// limitsOf returns the most launches of each offering: what catalog and
// Availability allow, whichever is less. Pools share them.
func limitsOf(p *Problem) map[catalog.Key]int {
	limits := map[catalog.Key]int{}
	for _, pool := range poolsOf(p) {
		for k, o := range catalogOf(p, &pool).Offerings() {
			most, seen := limits[k]
			if !seen {
				most = Unlimited
				if p.Availability != nil {
					most = max(0, p.Availability.Available(k))
				}
			}
			switch {
			case o.Unavailable:
				most = 0
			case o.Limit > 0:
				most = min(most, o.Limit)
			}
			limits[k] = most
		}
	}
	return limits
}

// keysRead returns the label keys, by their current names, that some rule set,
// daemon or requirement reads, sorted.
func keysRead(pools []Pool, sets []ruleSet, daemons []daemon) []string {
	var keys []string
	for i := range daemons {
		keys = append(keys, daemons[i].rules.node.Keys()...)
	}
	for i := range sets {
		keys = append(keys, sets[i].node.Keys()...)
	}
	for i := range pools {
		for _, r := range pools[i].Requirements {
			keys = append(keys, r.Key)
		}
	}
	for i := range keys {
		keys[i] = kube.CanonicalKey(keys[i])
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// canonical returns the labels under their current names; where a label has
// both its names, the current one counts.
func canonical(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for k, v := range labels {
		c := kube.CanonicalKey(k)
		if _, both := labels[c]; c == k || !both {
			out[c] = v
		}
	}
	return out
}

// offeringLabels returns a reader of the labels that a node has of its type
// and offering, by their current names.
func offeringLabels(typeLabels map[string]string, k catalog.Key) func(key string) (string, bool) {
	return func(key string) (string, bool) {
		switch key {
		case corev1.LabelInstanceTypeStable:
			return k.InstanceType, true
		case corev1.LabelTopologyZone:
			return k.Zone, k.Zone != ""
		case catalog.CapacityTypeLabel:
			return string(k.CapacityType), k.CapacityType != ""
		}
		return kube.Label(typeLabels, key)
	}
}

// disagree reports whether a pool's label contradicts what the node has of its
// own: such a pool cannot launch it.
func disagree(labels map[string]string, own func(string) (string, bool)) bool {
	for k, v := range labels {
		if o, ok := own(k); ok && o != v {
			return true
		}
	}
	return false
}

// project returns the labels of a node at the keys.
func project(keys []string, own func(string) (string, bool), pool map[string]string) map[string]string {
	labels := map[string]string{}
	for _, k := range keys {
		if v, ok := own(k); ok {
			labels[k] = v
		} else if v, ok := pool[k]; ok {
			labels[k] = v
		}
		if k == corev1.LabelHostname {
			labels[k] = kube.UnknownName
		}
	}
	return labels
}

// viewOf returns the index of the view with these labels in the pool, and
// makes it where it is new.
func (s *supply) viewOf(index map[string]int, pool int, labels map[string]string, sets []ruleSet, daemons []daemon) int {
	key := fmt.Sprintf("%d%s", pool, labelsKey(labels))
	if v, ok := index[key]; ok {
		return v
	}
	kube.AddAliases(labels)
	v := view{labels: labels, taints: s.pools[pool].Taints, admits: make([]admission, len(sets))}
	v.allowed = kube.Unmet(s.pools[pool].Requirements, labels) == nil
	for i := range sets {
		v.admits[i] = sets[i].admits(labels, v.taints)
	}
	v.daemons = running(daemons, labels, v.taints)
	s.views = append(s.views, v)
	index[key] = len(s.views) - 1
	return len(s.views) - 1
}

// labelsKey tells sets of labels apart.
func labelsKey(labels map[string]string) string {
	var key strings.Builder
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&key, "\x00%s\x00%s", k, labels[k])
	}
	return key.String()
}

// blockedPool returns the path of the pool's first rule that is not modelled
// yet, or "".
func blockedPool(p *Problem, pools []Pool, i int) string {
	pool := &pools[i]
	path := fmt.Sprintf("Pools[%d]", i)
	for j := range pools {
		if pools[j].Weight != pools[0].Weight {
			return path + ".weight"
		}
	}
	if len(pool.MinValues) > 0 {
		return path + ".minValues"
	}
	if j := openKey(p, pools, i); j >= 0 {
		return fmt.Sprintf("%s.requirements[%d]", path, j)
	}
	return ""
}

// openKey returns the index of a requirement whose key, In some values, nothing
// carries: each launch would have to choose a value. -1: none.
func openKey(p *Problem, pools []Pool, i int) int {
	return slices.IndexFunc(pools[i].Requirements, func(r corev1.NodeSelectorRequirement) bool {
		key := kube.CanonicalKey(r.Key)
		switch key {
		case corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, catalog.CapacityTypeLabel, corev1.LabelHostname:
			return false
		}
		if _, ok := kube.Label(pools[i].Labels, key); ok || r.Operator != corev1.NodeSelectorOpIn {
			return false
		}
		carried := func(c catalog.Catalog) bool {
			return slices.ContainsFunc(c, func(t *catalog.InstanceType) bool {
				_, ok := kube.Label(t.Labels, key)
				return ok
			})
		}
		return !carried(p.Catalog) && !slices.ContainsFunc(pools, func(q Pool) bool { return carried(q.Catalog) })
	})
}

// compareOffers orders by names alone: instance type, zone, market,
// reservation, pool.
func compareOffers(pools []Pool, a, b offer) int {
	return cmp.Or(
		cmp.Compare(a.key.InstanceType, b.key.InstanceType),
		cmp.Compare(a.key.Zone, b.key.Zone),
		cmp.Compare(a.key.CapacityType, b.key.CapacityType),
		cmp.Compare(a.key.ReservationID, b.key.ReservationID),
		cmp.Compare(pools[a.pool].Name, pools[b.pool].Name),
	)
}
