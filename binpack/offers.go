package binpack

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// An offer is a node that pods may be put on: an offering as one pool may launch
// it, with values chosen for the pool's open keys, or a node that is up.
type offer struct {
	pool     int // index in poolsOf; of a node that is up: existing
	key      catalog.Key
	itype    *catalog.InstanceType
	offering *catalog.Offering
	chosen   map[string]string // values of the pool's open keys; nil: it has none
	node     *existingNode     // nil: to be launched
	view     int               // index of what pods see of the node
	among    []int             // offers that must hold what is on the node as well, itself included; nil: itself alone
	limit    int               // most launches; Unlimited: no limit known; 0 also where its daemons do not fit
	lonely   bool              // its pool has too few others for MinValues: of itself it is not launched
}

// existing is the pool of offers that are up already.
const existing = -1

// price returns what one launch costs.
func (o *offer) price() int64 {
	if o.node != nil {
		return 0
	}
	return int64(o.offering.Price)
}

// name names the offer for people.
func (o *offer) name() string {
	if o.node != nil {
		return "node " + o.node.Name
	}
	return offeringName(o.key)
}

// A supply is all nodes that pods of a Problem may be put on.
type supply struct {
	pools   []Pool
	stocked []bool  // per pool: its catalog has something to launch
	offers  []offer // those that the pool's labels and requirements allow, by name, then those that are up
	views   []view
	there   []resident          // pods on those that are up
	limits  map[catalog.Key]int // most launches of each offering, over all pools
}

// offersOf returns the offers of a pool.
func (c *compiled) offersOf(pool int) []int {
	var out []int
	for i := range c.supply.offers {
		if c.supply.offers[i].pool == pool {
			out = append(out, i)
		}
	}
	return out
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

// supplyOf asks the pools and the Availability what may be launched, and finds
// what is up. topology are the label keys of rules about the pods of a domain.
func supplyOf(p *Problem, sets []ruleSet, daemons []daemon, topology []string, up []*existingNode) supply {
	s := supply{pools: poolsOf(p)}
	s.stocked = make([]bool, len(s.pools))
	look := newLook(s.pools, sets, daemons, topology)
	s.limits = limitsOf(p)
	for i := range s.pools {
		pool := &s.pools[i]
		labels := canonical(pool.Labels)
		choices := choicesOf(p, s.pools, i, look.keys)
		for _, t := range catalogOf(p, pool) {
			for j := range t.Offerings {
				s.stocked[i] = true
				k := t.Key(j)
				own := offeringLabels(t, k)
				if disagree(labels, own) {
					continue
				}
				for _, chosen := range choices {
					v := look.viewOf(&s, i, project(look.keys, own, labels, chosen))
					if s.views[v].allowed {
						s.offers = append(s.offers, offer{pool: i, key: k, itype: t, offering: &t.Offerings[j], chosen: chosen, view: v, limit: s.limits[k]})
					}
				}
			}
		}
	}
	slices.SortStableFunc(s.offers, func(a, b offer) int { return compareOffers(s.pools, a, b) })
	for _, n := range up {
		s.offers = append(s.offers, offer{pool: existing, node: n, view: look.viewOfNode(&s, n), limit: n.limit()})
	}
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

// choicesOf returns the ways to choose values of a pool's open keys: keys that
// it requires to be In some values and that nothing else carries. Of a key that
// no rule reads one value will do. Where no value meets all that the pool
// requires of a key there is no choice; without open keys there is one, nil.
func choicesOf(p *Problem, pools []Pool, i int, read []string) []map[string]string {
	choices := []map[string]string{nil}
	for _, key := range openKeys(p, pools, i) {
		values := openValues(pools[i].Requirements, key)
		if _, is := slices.BinarySearch(read, key); !is && len(values) > 1 {
			values = values[:1]
		}
		var longer []map[string]string
		for _, c := range choices {
			for _, v := range values {
				with := maps.Clone(c)
				if with == nil {
					with = map[string]string{}
				}
				with[key] = v
				longer = append(longer, with)
			}
		}
		choices = longer
	}
	return choices
}

// openKeys returns the open keys of a pool, sorted.
func openKeys(p *Problem, pools []Pool, i int) []string {
	var keys []string
	for _, r := range pools[i].Requirements {
		key := kube.CanonicalKey(r.Key)
		if r.Operator != corev1.NodeSelectorOpIn || slices.Contains(keys, key) || kube.OnEveryNode(key) {
			continue
		}
		_, ofPool := kube.Label(pools[i].Labels, key)
		carries := func(t *catalog.InstanceType) bool {
			for i := range t.Offerings {
				if _, ok := t.OfferingLabel(i, key); ok {
					return true
				}
			}
			_, ok := kube.Label(t.Labels, key)
			return ok
		}
		ofType := slices.ContainsFunc(p.Catalog, carries) ||
			slices.ContainsFunc(pools, func(q Pool) bool { return slices.ContainsFunc(q.Catalog, carries) })
		if !ofPool && !ofType {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// openValues returns the values of a key that meet all the requirements, sorted.
func openValues(requirements []corev1.NodeSelectorRequirement, key string) []string {
	var values []string
	var about []corev1.NodeSelectorRequirement
	for _, r := range requirements {
		if kube.CanonicalKey(r.Key) == key {
			about = append(about, r)
			values = append(values, r.Values...)
		}
	}
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(v string) bool {
		labels := map[string]string{key: v}
		kube.AddAliases(labels)
		return kube.Unmet(about, labels) != nil
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
