package binpack

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A pool with MinValues launches a node only where what is on it leaves enough
// offers to choose from. So each of its offers stands for a set of offers with
// enough values: what is on the node must fit on all of them. keepChoice makes
// such sets: for each offer the one of those that are most like it, and for each
// kind, which may fit on few, the cheapest that hold it. An offer without a set
// cannot be launched. It returns the capacities of all offers.
func (c *compiled) keepChoice(requests, capacities [][]int64) [][]int64 {
	for pool := range c.supply.pools {
		if len(c.supply.pools[pool].MinValues) == 0 {
			continue
		}
		own := slices.DeleteFunc(c.offersOf(pool), func(i int) bool { return c.supply.offers[i].limit == 0 })
		sets := make([][]int, len(own))
		for n, i := range own {
			sets[n] = c.enough(pool, i, c.mostLike(i, own, capacities))
		}
		for k := range c.kinds {
			held := slices.DeleteFunc(slices.Clone(own), func(i int) bool { return !c.holdsAlone(k, i, requests[k], capacities[i]) })
			slices.SortStableFunc(held, func(a, b int) int {
				return cmp.Compare(c.supply.offers[a].price(), c.supply.offers[b].price())
			})
			if len(held) == 0 {
				continue
			}
			if set := c.enough(pool, held[0], held); set != nil {
				o := c.supply.offers[held[0]]
				o.among = set
				c.supply.offers = append(c.supply.offers, o)
				capacities = append(capacities, c.leastOf(set, capacities))
			}
		}
		least := make([][]int64, len(own))
		for n, i := range own {
			if c.supply.offers[i].among = sets[n]; sets[n] == nil {
				c.supply.offers[i].limit, c.supply.offers[i].lonely = 0, true
			}
			least[n] = c.leastOf(append(slices.Clone(sets[n]), i), capacities)
		}
		for n, i := range own {
			capacities[i] = least[n]
		}
	}
	return capacities
}

// holdsAlone reports whether an offer's empty node holds a pod of a kind.
func (c *compiled) holdsAlone(k, i int, requests, capacity []int64) bool {
	o := &c.supply.offers[i]
	return c.kinds[k].blocked == nil && c.supply.views[o.view].admits[c.kinds[k].rules] != never && holds(capacity, requests) && !c.claimed(o, c.kinds[k].ports)
}

// mostLike returns the offers in the order of how much of offer i they can stand
// for: those that admit as many rule sets first, then those that hold as much.
func (c *compiled) mostLike(i int, offers []int, capacities [][]int64) []int {
	lost, part := map[int]int{}, map[int]float64{}
	admits := c.supply.views[c.supply.offers[i].view].admits
	for _, o := range offers {
		for s, a := range c.supply.views[c.supply.offers[o].view].admits {
			if a == never && admits[s] != never {
				lost[o]++
			}
		}
		part[o] = 1
		for r, n := range capacities[i] {
			if n > 0 {
				part[o] = min(part[o], float64(capacities[o][r])/float64(n))
			}
		}
	}
	out := slices.Clone(offers)
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(lost[a], lost[b]), -cmp.Compare(part[a], part[b]), cmp.Compare(c.supply.offers[a].price(), c.supply.offers[b].price()))
	})
	return out
}

// enough returns offer i and the first of the others that bring new values, until
// the pool's MinValues are met; nil: they cannot be.
func (c *compiled) enough(pool, i int, others []int) []int {
	values := map[[2]string]bool{}
	count := map[string]int{}
	add := func(o int) bool {
		isNew := false
		for key, least := range c.supply.pools[pool].MinValues {
			v, ok := c.labelOf(o, key)
			if ok && count[key] < least && !values[[2]string{key, v}] {
				values[[2]string{key, v}] = true
				count[key]++
				isNew = true
			}
		}
		return isNew
	}
	add(i)
	set := []int{i}
	for _, o := range others {
		if o != i && add(o) {
			set = append(set, o)
		}
	}
	for key, least := range c.supply.pools[pool].MinValues {
		if count[key] < least {
			return nil
		}
	}
	return set
}

// labelOf returns a label of the offer's node.
func (c *compiled) labelOf(i int, key string) (string, bool) {
	o := &c.supply.offers[i]
	key = kube.CanonicalKey(key)
	labels := project([]string{key}, offeringLabels(o.itype, o.key), canonical(c.supply.pools[o.pool].Labels), o.chosen)
	v, ok := labels[key]
	return v, ok
}

// leastOf returns what each of the offers has of every resource.
func (c *compiled) leastOf(offers []int, capacities [][]int64) []int64 {
	least := slices.Clone(capacities[offers[0]])
	for _, i := range offers[1:] {
		for r, n := range capacities[i] {
			least[r] = min(least[r], n)
		}
	}
	return least
}
