package explain

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/catalog"
)

// offers are the offers of the model, and behind them those that one rule of their pool
// refuses, as far as they were asked for.
type offers struct {
	c        *compile.Compiled
	supply   *supply.Supply
	solution model.Solution
	free     []int64 // of each cap

	list     []supply.Offer
	own      [][]int              // per pool, the offers that it allows
	excluded [][]exclusion        // per pool; nil: not looked for yet
	rooms    map[shape][]*big.Int // what daemons leave, by resource; nil: no limit
}

// An exclusion is an offer that one rule of the pool excludes, and what would
// admit it.
type exclusion struct {
	offer       int
	path, value string
}

// A shape is offers whose empty nodes have the same room.
type shape struct {
	of      *catalog.InstanceType
	own     *catalog.Offering // with amounts of its own; nil: it has none
	profile int
}

// lacks reports whether the offer's pool has too few others for MinValues.
func (f *offers) lacks(offer int) bool { return !f.isExcluded(offer) && f.c.Lacks[offer] }

// node returns what rules see of an offer's node.
func (f *offers) node(offer int) kube.Node {
	return f.supply.Profiles[f.list[offer].Profile].Node
}

// isExcluded reports whether the offer is one that its pool excludes.
func (f *offers) isExcluded(offer int) bool { return offer >= len(f.c.BinOf) }

// cheapest returns the offer of the lowest price, the first by name among equals.
func (f *offers) cheapest(offers []int) int {
	return slices.MinFunc(offers, func(a, b int) int {
		return cmp.Compare(f.list[a].Price(), f.list[b].Price())
	})
}

// with returns a change that lets an offer take the pod.
func (f *offers) with(path, value string, offer int) *binpack.Change {
	return &binpack.Change{Path: path, Value: value, Offering: f.list[offer].Name()}
}

// valuesOf returns the values of a label on the pool's nodes, and whether there
// are any. Of the hostname nothing is known yet.
func (f *offers) valuesOf(key string, pool int) (values map[string]bool, found bool) {
	values = map[string]bool{}
	if named, own := f.supply.Values[pool][nodelabel.Canonical(key)]; own {
		for _, v := range named {
			values[v] = true
		}
		return values, true
	}
	for _, o := range f.own[pool] {
		if v, ok := f.node(o).Labels[key]; ok && v != kube.UnknownName {
			values[v] = true
			for _, v := range f.supply.May(&f.list[o], nodelabel.Canonical(key), f.node(o).Labels) {
				values[v] = true
			}
		}
	}
	return values, len(values) > 0
}

// admitting returns the change of a pool by which it could launch the cheapest
// offer that it excludes and that takes the pod; nil: there is none.
func (f *offers) admitting(pool int, hurdles []hurdle) *binpack.Change {
	var out *binpack.Change
	var least catalog.Price
	for _, e := range f.exclusions(pool) {
		price := f.list[e.offer].Offering.Price
		if out != nil && price >= least || !passesAll(hurdles, e.offer) {
			continue
		}
		out, least = f.with(e.path, e.value, e.offer), price
	}
	return out
}

// exclusions adds the offers to the list that one rule of the pool refuses, where that
// was not done yet. A pool without a name stands for none, and has no rules to change.
func (f *offers) exclusions(pool int) []exclusion {
	p := &f.supply.Pools[pool]
	if f.excluded[pool] != nil || p.Name == "" {
		return f.excluded[pool]
	}
	found := []exclusion{}
	for i := range f.supply.Refused[pool] {
		r := &f.supply.Refused[pool][i]
		path, value := fmt.Sprintf("Pools[%d].labels[%s]", pool, r.Label), ""
		if r.Label != "" {
			value = r.OwnLabel()
		} else {
			at := fmt.Sprintf("Pools[%d].requirements[%d]", pool, r.Requirement)
			path, value = admit(at, at, &p.Requirements[r.Requirement], f.supply.Profiles[r.Profile].Node.Labels)
		}
		if o := f.supply.Offer(pool, r); path != "" && f.supply.DaemonsFit(&o) {
			found = append(found, exclusion{len(f.list), path, value})
			f.list = append(f.list, o)
		}
	}
	f.excluded[pool] = found
	return found
}

// roomOf returns what the daemons leave of each resource on a node of the offer;
// nil: any amount.
func (f *offers) roomOf(offer int) []*big.Int {
	o := &f.list[offer]
	s := shape{of: o.Type, profile: o.Profile}
	if len(o.Offering.Allocatable) > 0 {
		s.own = o.Offering
	}
	room, known := f.rooms[s]
	if !known {
		room = make([]*big.Int, len(f.c.Resources))
		for r, name := range f.c.Resources {
			if q, limited := f.supply.Room(o, name); limited {
				room[r] = q
			}
		}
		f.rooms[s] = room
	}
	return room
}

// nearest returns the offer whose scarcest resource has the greatest share of what is
// asked.
func (f *offers) nearest(asked request, offers []int) int {
	return slices.MaxFunc(offers, func(a, b int) int {
		m, _ := asked.share(f.roomOf(a))
		n, _ := asked.share(f.roomOf(b))
		return cmp.Compare(m, n)
	})
}

// spare reports whether one more launch of an offer, which need not be in the
// model, is sure to keep the limits. Of quotas all are asked, whatever they select.
func (f *offers) spare(offer int) bool {
	o := &f.list[offer]
	used := int64(0)
	for _, j := range f.solution {
		if f.list[f.c.OffersIn[j.Bin][0]].Key == o.Key {
			used += j.Times
		}
	}
	if limit := f.supply.Limits[o.Key]; limit != binpack.Unlimited && used >= int64(limit) {
		return false
	}
	for i, name := range f.c.Caps {
		if name.Pool != o.Pool && name.Reason != binpack.QuotaReached {
			continue
		}
		free := new(big.Int).Mul(big.NewInt(f.free[i]), name.Scale.Unit)
		if quantity.PerLaunch(o.Type.Capacity, name.Resource).Cmp(free) > 0 {
			return false
		}
	}
	return true
}
