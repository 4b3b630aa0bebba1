package solver

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// The hurdles of what can be launched: availability, the choice that a pool wants
// to keep, weights, limits and quotas.

// available: offers that stand for a choice only are for minValues to judge.
func (x *explainer) available() hurdle {
	return hurdle{
		passes: func(o int) bool { return x.supply.offers[o].limit != 0 || x.supply.offers[o].lonely },
		blames: func([]int) stop {
			return stop{binpack.NoAvailableOffering, binpack.Detail{Rule: "every offering that would hold it is unavailable"}}
		},
	}
}

// minValues is the hurdle of the pool's MinValues: what holds a pod of the kind
// must have enough values.
func (x *explainer) minValues(k, pool int) hurdle {
	wanted := x.supply.pools[pool].MinValues
	values := sync.OnceValue(func() map[string][]string { return x.choice(k, pool) })
	few := func() []string {
		return slices.DeleteFunc(slices.Sorted(maps.Keys(wanted)), func(key string) bool { return len(values()[key]) >= wanted[key] })
	}
	path := func(key string) string { return fmt.Sprintf("Pools[%d].minValues[%s]", pool, key) }
	return hurdle{
		passes: func(o int) bool { return len(wanted) == 0 || !x.isExcluded(o) && len(few()) == 0 },
		blames: func([]int) stop {
			key := few()[0]
			rule := fmt.Sprintf("%d to choose from, least is %d: %s", len(values()[key]), wanted[key], strings.Join(values()[key], ", "))
			return stop{binpack.MinValues, binpack.Detail{Path: path(key), Rule: rule}}
		},
		change: func(offers []int) *binpack.Change {
			key := few()[0]
			offers = slices.DeleteFunc(offers, func(o int) bool { return !x.spare(o) })
			if n := len(values()[key]); len(few()) == 1 && n > 0 && len(offers) > 0 {
				return x.with(path(key), strconv.Itoa(n), x.cheapest(offers))
			}
			return nil
		},
	}
}

// choice returns the values, sorted, of the keys of the pool's MinValues on the
// nodes that hold a pod of the kind alone.
func (x *explainer) choice(k, pool int) map[string][]string {
	hurdles := append(x.alone(k, pool), x.available())
	held := slices.DeleteFunc(slices.Clone(x.own[pool]), func(o int) bool { return !passesAll(hurdles, o) })
	out := map[string][]string{}
	for key := range x.supply.pools[pool].MinValues {
		var values []string
		for _, o := range held {
			if v, ok := x.labelOf(o, key); ok {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		out[key] = slices.Compact(values)
	}
	return out
}

// weight is the hurdle of pools of higher weight, which come first as long as they
// could launch for a pod.
func (x *explainer) weight(k, pool int) hurdle {
	heavier := sync.OnceValue(func() int {
		first := -1
		for q := range x.supply.pools {
			if x.supply.pools[q].Weight > x.supply.pools[pool].Weight && x.launches(k, q) &&
				(first < 0 || x.supply.pools[q].Weight > x.supply.pools[first].Weight) {
				first = q
			}
		}
		return first
	})
	path := fmt.Sprintf("Pools[%d].weight", pool)
	return hurdle{
		passes: func(int) bool { return heavier() < 0 },
		blames: func([]int) stop {
			first := &x.supply.pools[heavier()]
			return stop{binpack.PoolWeight, binpack.Detail{Path: path, Rule: fmt.Sprintf("pool %s, of weight %d, could still launch for it", first.Name, first.Weight)}}
		},
		change: func(offers []int) *binpack.Change {
			return x.with(path, strconv.Itoa(int(x.supply.pools[heavier()].Weight)), x.cheapest(offers))
		},
	}
}

// launches reports whether a pool could launch for a pod of the kind, as far as
// rules about the node, limits and quotas go.
func (x *explainer) launches(k, pool int) bool {
	hurdles := append(x.alone(k, pool), x.available(), x.minValues(k, pool))
	var bins []int
	for _, o := range x.own[pool] {
		if b := x.binOf[o]; b >= 0 && passesAll(hurdles, o) {
			bins = append(bins, b)
		}
	}
	slices.SortFunc(bins, func(a, b int) int {
		return cmp.Or(cmp.Compare(x.model.Bins[a].Price, x.model.Bins[b].Price), cmp.Compare(a, b))
	})
	return x.model.LaunchesCheapest(bins, x.free)
}

// limits is the hurdle of what launches share: an offering's number, limits and
// quotas.
func (x *explainer) limits() hurdle {
	over := func(o int) []model.Use { // of an offer in the model
		return slices.DeleteFunc(slices.Clone(x.model.Bins[x.binOf[o]].Uses), func(u model.Use) bool { return u.Amount <= x.free[u.Cap] })
	}
	h := hurdle{passes: func(o int) bool {
		switch {
		case x.isExcluded(o):
			return x.spare(o)
		case x.binOf[o] < 0:
			return true // other hurdles say why it is not in the model
		}
		return len(over(o)) == 0
	}}
	h.blames = func(offers []int) stop {
		o := x.cheapest(offers)
		u := over(o)[0]
		name, at := x.caps[u.Cap], x.supply.offers[o].name()
		if name.path == "" {
			return stop{name.reason, binpack.Detail{Rule: "all launches are used", Offering: at}}
		}
		asked, left := name.scale.Quantity(u.Amount, name.resource), name.scale.Quantity(x.free[u.Cap], name.resource)
		return stop{name.reason, binpack.Detail{Path: name.path, Resource: string(name.resource), Asked: &asked, Best: &left, Offering: at}}
	}
	h.change = func(offers []int) *binpack.Change {
		offers = slices.DeleteFunc(offers, func(o int) bool { u := over(o); return len(u) > 1 || x.caps[u[0].Cap].path == "" })
		if len(offers) == 0 {
			return nil
		}
		o := x.cheapest(offers)
		u := over(o)[0]
		name := x.caps[u.Cap]
		needed := name.scale.Quantity(x.model.Caps[u.Cap]-x.free[u.Cap]+u.Amount, name.resource)
		return x.with(name.path, needed.String(), o)
	}
	return h
}

// spare reports whether one more launch of an offer, which need not be in the
// model, is sure to keep the limits. Of quotas all are asked, whatever they select.
func (x *explainer) spare(offer int) bool {
	o := &x.supply.offers[offer]
	used := int64(0)
	for _, j := range x.solution {
		if x.supply.offers[x.offersIn[j.Bin][0]].key == o.key {
			used += j.Times
		}
	}
	if limit := x.supply.limits[o.key]; limit != binpack.Unlimited && used >= int64(limit) {
		return false
	}
	for i, name := range x.caps {
		if !strings.HasPrefix(name.path, fmt.Sprintf("Pools[%d].", o.pool)) && name.reason != binpack.QuotaReached {
			continue
		}
		free := new(big.Int).Mul(big.NewInt(x.free[i]), name.scale.Unit)
		if quantity.PerLaunch(o.itype.Capacity, name.resource).Cmp(free) > 0 {
			return false
		}
	}
	return true
}
