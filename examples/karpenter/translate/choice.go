package translate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A choice is a launch and what it may become instead: each of the types in each of the
// zones and markets.
type choice struct {
	launch  binpack.Launch
	types   []string // names of entries; the launch's own among them
	zones   []string
	markets []string
	err     error // why there is no legal claim
}

// choices returns what each launch may become. Beside its own type these are such that
// all rules hold whichever every launch becomes: each alone does with the rest of the plan
// as it is, and none changes what others count, as zone, market and the labels that rules
// count by are the launch's own, and limits have room for the largest of all.
func (t *Translation) choices(ctx context.Context, plan binpack.Plan, further int) ([]choice, error) {
	out := make([]choice, len(plan.Launches))
	for i, l := range plan.Launches {
		out[i] = choice{launch: l, types: []string{l.Offering.InstanceType}, zones: []string{l.Offering.Zone}, markets: []string{string(l.Offering.CapacityType)}}
	}
	least := map[string]int{}
	wide := false // some pool wants several zones or markets of one claim
	for _, p := range t.pools {
		for key, n := range p.MinValues {
			least[key] = max(least[key], n)
			wide = wide || isWide(key)
		}
	}
	if len(plan.Launches) == 0 || further <= 0 && len(least) == 0 {
		return out, nil
	}
	same := verify.Conditions{Most: max(further, 1), SamePool: true, SameZone: true, SameCapacityType: true, SameLabels: true, Least: least}
	lists, err := same.Alternatives(ctx, t.Problem, plan)
	if err != nil {
		return nil, err
	}
	var products []verify.Flexibility
	if wide {
		if products, err = verify.FlexibilityOf(ctx, t.Problem, plan); err != nil {
			return nil, err
		}
	}
	room := t.room(plan)
	for i := range out {
		c := &out[i]
		alternatives := lists[i]
		if wide && t.wantsWide(c.launch.Pool) {
			alternatives = t.widen(c, products[i])
		}
		t.add(c, alternatives, further, room[c.launch.Pool])
	}
	return out, nil
}

// isWide reports whether minValues of a key ask for more than types.
func isWide(key string) bool {
	return key == corev1.LabelTopologyZone || key == v1.CapacityTypeLabelKey
}

func (t *Translation) wantsWide(pool string) bool {
	for key, n := range t.pools[pool].MinValues {
		if isWide(key) && n > 1 {
			return true
		}
	}
	return false
}

// widen lets c become all of a product, where no rule counts by what that changes. It
// returns the product's types as alternatives.
func (t *Translation) widen(c *choice, f verify.Flexibility) []binpack.Alternative {
	if f.Members() == 0 || slices.Contains(t.keys, corev1.LabelTopologyZone) || slices.Contains(t.keys, v1.CapacityTypeLabelKey) {
		return nil
	}
	c.zones = f.Zones
	c.markets = nil
	for _, m := range f.CapacityTypes {
		c.markets = append(c.markets, string(m))
	}
	var out []binpack.Alternative
	for _, name := range f.Types {
		if name != c.launch.Offering.InstanceType {
			k := c.launch.Offering
			k.InstanceType = name
			out = append(out, binpack.Alternative{Pool: c.launch.Pool, Offering: k, Labels: c.launch.Labels, Price: t.price(c.launch.Pool, k)})
		}
	}
	slices.SortStableFunc(out, func(a, b binpack.Alternative) int { return cmp.Compare(a.Price, b.Price) })
	return out
}

func (t *Translation) price(pool string, k catalog.Key) catalog.Price {
	e := t.pools[pool].entries[k.InstanceType]
	for i := range e.Offerings {
		if e.Key(i) == k {
			return e.Offerings[i].Price
		}
	}
	return 0
}

// A room is what of a pool's limits the launches of a plan leave, however they become.
type room struct{ left, limited corev1.ResourceList }

// room returns what limits have left beside the plan, by pool.
func (t *Translation) room(plan binpack.Plan) map[string]*room {
	after := t.Problem.After(binpack.Plan{Launches: plan.Launches})
	out := map[string]*room{}
	for i := range after.Pools {
		q := &after.Pools[i]
		out[q.Name] = &room{left: maps.Clone(q.Left()), limited: q.Limits}
	}
	return out
}

// take reports whether there is room for a type beside, in the place of, the largest so
// far, and takes it.
func (r *room) take(largest, of corev1.ResourceList) bool {
	for name := range r.limited {
		more := of[name].DeepCopy()
		more.Sub(largest[name])
		if left := r.left[name]; more.Cmp(left) > 0 && more.Sign() > 0 {
			return false
		}
	}
	for name := range r.limited {
		more := of[name].DeepCopy()
		if more.Sub(largest[name]); more.Sign() > 0 {
			left := r.left[name].DeepCopy()
			left.Sub(more)
			r.left[name], largest[name] = left, of[name]
		}
	}
	return true
}

// add adds alternatives to a choice, the cheapest first, and what its pool's minValues need
// beyond so many; then it makes the launch the cheapest of them.
func (t *Translation) add(c *choice, alternatives []binpack.Alternative, further int, r *room) {
	p := t.pools[c.launch.Pool]
	own := p.entries[c.launch.Offering.InstanceType]
	largest := own.Capacity.DeepCopy()
	values := newCount(p.MinValues)
	values.add(own)
	prices := map[string]catalog.Price{own.Name: c.launch.Price}
	if c.launch.Offering.ReservationID == "" && c.launch.Offering.CapacityType != catalog.Reserved {
		for _, all := range []bool{false, true} { // first what minValues need
			for _, a := range alternatives {
				e := p.entries[a.Offering.InstanceType]
				_, there := prices[e.Name]
				wanted := values.wants(e) || all && len(c.types) <= further
				if there || !wanted || !t.alike(own, e, c.launch.Offering) || !maps.Equal(own.chosen, e.chosen) || !r.take(largest, e.Capacity) {
					continue
				}
				values.add(e)
				prices[e.Name] = a.Price
				c.types = append(c.types, e.Name)
			}
		}
	}
	values.seen[corev1.LabelTopologyZone] = set(c.zones) // what the claim has of them, not the type
	values.seen[v1.CapacityTypeLabelKey] = set(c.markets)
	if short := values.short(); short != "" && p.MinValuesPolicy != binpack.BestEffort {
		c.err = fmt.Errorf("%s: minValues of %s cannot be met together with all rules and limits", p.Name, short)
		return
	}
	slices.SortFunc(c.types, func(a, b string) int { return cmp.Or(cmp.Compare(prices[a], prices[b]), cmp.Compare(a, b)) })
	if first := c.types[0]; first != own.Name {
		c.launch.Offering.InstanceType, c.launch.Price = first, prices[first]
	}
	t.settle(c)
}

// settle puts the launch into the cheapest zone and market of those that it may become.
func (t *Translation) settle(c *choice) {
	k := c.launch.Offering
	for _, k.Zone = range c.zones {
		for _, market := range c.markets {
			k.CapacityType = catalog.CapacityType(market)
			if price := t.price(c.launch.Pool, k); price < c.launch.Price {
				c.launch.Offering, c.launch.Price = k, price
			}
		}
	}
}

func set(values []string) map[string]bool {
	out := map[string]bool{}
	for _, v := range values {
		out[v] = true
	}
	return out
}

// alike reports whether two entries have the same labels as far as rules count by them.
func (t *Translation) alike(a, b *entry, k catalog.Key) bool {
	for _, key := range t.keys {
		if a.label(k, key) != b.label(k, key) {
			return false
		}
	}
	return true
}

// label returns the label that a node of the entry has, in the zone and market of k.
func (e *entry) label(k catalog.Key, key string) string {
	for i := range e.Offerings {
		if o := e.Key(i); o.Zone == k.Zone && o.CapacityType == k.CapacityType && o.ReservationID == k.ReservationID {
			v, _ := e.OfferingLabel(i, catalog.CurrentKey(key))
			return v
		}
	}
	return ""
}

// A count counts the distinct values of keys that types have, as Karpenter does.
type count struct {
	least map[string]int
	seen  map[string]map[string]bool
}

func newCount(least map[string]int) count {
	c := count{least, map[string]map[string]bool{}}
	for key := range least {
		c.seen[key] = map[string]bool{}
	}
	return c
}

func (c count) add(e *entry) {
	for key := range c.least {
		for _, value := range e.of.Requirements.Get(key).Values() {
			c.seen[key][value] = true
		}
	}
}

// wants reports whether a type brings a value that is needed.
func (c count) wants(e *entry) bool {
	for key, least := range c.least {
		if len(c.seen[key]) >= least {
			continue
		}
		for _, value := range e.of.Requirements.Get(key).Values() {
			if !c.seen[key][value] {
				return true
			}
		}
	}
	return false
}

// short returns a key that has too few values; "": none.
func (c count) short() string {
	for _, key := range slices.Sorted(maps.Keys(c.least)) {
		if len(c.seen[key]) < c.least[key] {
			return key
		}
	}
	return ""
}
