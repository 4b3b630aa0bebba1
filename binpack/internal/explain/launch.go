package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// The hurdles of what can be launched: availability, the choice that a pool wants
// to keep, weights, limits and quotas.

// available: offers that stand for a choice only are for minValues to judge.
func (q *question) available() hurdle {
	return hurdle{
		passes: func(o int) bool { return q.offers.list[o].Limit != 0 || q.offers.lacks(o) },
		blames: func([]int) stop {
			return stop{binpack.NoAvailableOffering, binpack.Detail{Rule: "every offering that would hold it is unavailable"}}
		},
	}
}

// minValues is the hurdle of the pool's MinValues: what holds a pod of the kind
// must have enough values.
func (q *question) minValues() hurdle {
	wanted := q.supply.Pools[q.pool].MinValues
	values := sync.OnceValue(func() map[string][]string { return q.choice() })
	few := func() []string {
		return slices.DeleteFunc(slices.Sorted(maps.Keys(wanted)), func(key string) bool { return len(values()[key]) >= wanted[key] })
	}
	path := func(key string) string { return fmt.Sprintf("Pools[%d].minValues[%s]", q.pool, key) }
	return hurdle{
		passes: func(o int) bool {
			return len(wanted) == 0 || q.supply.Pools[q.pool].MinValuesPolicy == binpack.BestEffort || !q.offers.isExcluded(o) && len(few()) == 0
		},
		blames: func([]int) stop {
			key := few()[0]
			rule := fmt.Sprintf("%d to choose from, least is %d: %s", len(values()[key]), wanted[key], strings.Join(values()[key], ", "))
			return stop{binpack.MinValues, binpack.Detail{Path: path(key), Rule: rule}}
		},
		change: func(offers []int) *binpack.Change {
			key := few()[0]
			offers = slices.DeleteFunc(offers, func(o int) bool { return !q.offers.spare(o) })
			if n := len(values()[key]); len(few()) == 1 && n > 0 && len(offers) > 0 {
				return q.offers.with(path(key), strconv.Itoa(n), q.offers.cheapest(offers))
			}
			return nil
		},
	}
}

// choice returns the values, sorted, of the keys of the pool's MinValues on the
// nodes that hold a pod of the kind alone.
func (q *question) choice() map[string][]string {
	hurdles := append(q.alone(), q.available())
	held := slices.DeleteFunc(slices.Clone(q.offers.own[q.pool]), func(o int) bool { return !passesAll(hurdles, o) })
	if keys := kube.FixedKeys(q.c.Kinds[q.k].Pod, q.c.Kinds[q.k].Volumes); len(keys) > 0 {
		held = mostAlike(q.offers, held, keys)
	}
	out := map[string][]string{}
	for key := range q.supply.Pools[q.pool].MinValues {
		var values []string
		for _, o := range held {
			if v, ok := q.supply.LabelOf(&q.offers.list[o], key); ok {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		out[key] = slices.Compact(values)
	}
	return out
}

// mostAlike returns the largest set of the offers that have the same labels under the
// keys.
func mostAlike(of *offers, offers []int, keys []string) []int {
	var most []int
	for _, first := range offers {
		alike := slices.DeleteFunc(slices.Clone(offers), func(o int) bool {
			return slices.ContainsFunc(keys, func(key string) bool {
				a, _ := of.supply.LabelOf(&of.list[first], key)
				b, _ := of.supply.LabelOf(&of.list[o], key)
				return a != b
			})
		})
		if len(alike) > len(most) {
			most = alike
		}
	}
	return most
}

// weight is the hurdle of pools of higher weight, which come first as long as they
// could launch for a pod.
func (q *question) weight() hurdle {
	pools, path := q.supply.Pools, fmt.Sprintf("Pools[%d].weight", q.pool)
	return hurdle{
		passes: func(int) bool {
			first := q.x.first(q.k)
			return first < 0 || pools[first].Weight <= pools[q.pool].Weight
		},
		blames: func([]int) stop {
			first := &pools[q.x.first(q.k)]
			return stop{binpack.PoolWeight, binpack.Detail{Path: path, Rule: fmt.Sprintf("pool %s, of weight %d, could still launch for it", first.Name, first.Weight)}}
		},
		change: func(offers []int) *binpack.Change {
			return q.offers.with(path, strconv.Itoa(int(pools[q.x.first(q.k)].Weight)), q.offers.cheapest(offers))
		},
	}
}

// first returns the pool of most weight that could launch for a pod of the kind, the first
// of equals; -1: none could.
func (x *Explainer) first(k int) int {
	first, known := x.firsts[k]
	if !known {
		first = -1
		for pool := range x.supply.Pools {
			if (first < 0 || x.supply.Pools[pool].Weight > x.supply.Pools[first].Weight) && x.question(k, pool).launches() {
				first = pool
			}
		}
		x.firsts[k] = first
	}
	return first
}

// launches reports whether a pool could launch for a pod of the kind, as far as
// rules about the node, limits and quotas go.
func (q *question) launches() bool {
	hurdles := append(q.alone(), q.available(), q.minValues())
	var bins []int
	for _, o := range q.offers.own[q.pool] {
		if b := q.c.BinOf[o]; b >= 0 && passesAll(hurdles, o) {
			bins = append(bins, b)
		}
	}
	slices.SortFunc(bins, func(a, b int) int {
		return cmp.Or(cmp.Compare(q.c.Model.Bins[a].Price, q.c.Model.Bins[b].Price), cmp.Compare(a, b))
	})
	return q.c.Model.LaunchesCheapest(bins, q.x.free)
}

// limits is the hurdle of what launches share: an offering's number, limits and
// quotas.
func (q *question) limits() hurdle {
	over := func(o int) []model.Use { // of an offer in the model
		return slices.DeleteFunc(slices.Clone(q.c.Model.Bins[q.c.BinOf[o]].Uses), func(u model.Use) bool { return u.Amount <= q.x.free[u.Cap] })
	}
	h := hurdle{passes: func(o int) bool {
		switch {
		case q.offers.isExcluded(o):
			return q.offers.spare(o)
		case q.c.BinOf[o] < 0:
			return true // other hurdles say why it is not in the model
		}
		return len(over(o)) == 0
	}}
	h.blames = func(offers []int) stop {
		o := q.offers.cheapest(offers)
		u := over(o)[0]
		name, at := q.c.Caps[u.Cap], q.offers.list[o].Name()
		if name.Path == "" {
			return stop{name.Reason, binpack.Detail{Rule: "all launches are used", Offering: at}}
		}
		asked, left := name.Scale.Quantity(u.Amount, name.Resource), name.Scale.Quantity(q.x.free[u.Cap], name.Resource)
		return stop{name.Reason, binpack.Detail{Path: name.Path, Resource: string(name.Resource), Asked: &asked, Best: &left, Limit: name.Limit, Offering: at}}
	}
	h.change = func(offers []int) *binpack.Change {
		offers = slices.DeleteFunc(offers, func(o int) bool { u := over(o); return len(u) > 1 || q.c.Caps[u[0].Cap].Path == "" })
		if len(offers) == 0 {
			return nil
		}
		o := q.offers.cheapest(offers)
		u := over(o)[0]
		name := q.c.Caps[u.Cap]
		needed := name.Scale.Quantity(q.c.Model.Caps[u.Cap]-q.x.free[u.Cap]+u.Amount, name.Resource)
		needed.Add(name.Used)
		return q.offers.with(name.Path, needed.String(), o)
	}
	return h
}
