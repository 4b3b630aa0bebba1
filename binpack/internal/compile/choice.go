package compile

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/lazysort"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A choice is the offers, where those of pools with MinValues stand for sets.
//
// A pool with MinValues launches a node only where what is on it leaves enough
// offers to choose from. So each of its offers stands for a set of offers with
// enough values: what is on the node must fit on all of them. For each offer there is
// the set of those that are most like it, and for each kind, which may fit on few, the
// set of the cheapest that hold it. An offer without a set cannot be launched.
type choice struct {
	offers     []supply.Offer
	among      [][]int   // per offer, those that must hold what is on the node as well, itself included; nil: itself alone
	lacks      []bool    // per offer: its pool has too few others for MinValues, so that by itself it is not launched
	capacities [][]int64 // per offer, what each of its set has
}

// choiceOf returns the offers with their sets, or each by itself where the scope does
// not hold MinValues.
func choiceOf(ctx context.Context, kinds []Kind, s *supply.Supply, a amounts, scope Scope) choice {
	c := choice{offers: slices.Clone(s.Offers), among: make([][]int, len(s.Offers)), lacks: make([]bool, len(s.Offers)), capacities: a.capacities}
	if !scope.Choice {
		return c
	}
	c.capacities = slices.Clone(c.capacities)
	for pool := range s.Pools {
		if len(s.Pools[pool].MinValues) > 0 {
			c.ofPool(ctx, pool, kinds, s, a.requests)
		}
	}
	return c
}

// ofPool gives the offers of a pool their sets, and adds those for kinds.
func (c *choice) ofPool(ctx context.Context, pool int, kinds []Kind, s *supply.Supply, requests [][]int64) {
	own := slices.DeleteFunc(s.OffersOf(pool), func(i int) bool { return c.offers[i].Limit == 0 })
	sets := make([][]int, len(own))
	v := &values{supply: s, pool: pool, of: map[int]map[string]string{}}
	lost, part := lostBetween(s), make([]float64, len(c.offers))
	for n, i := range own {
		if ctx.Err() != nil {
			return
		}
		sets[n] = c.enough(v, i, c.mostLike(lost(c.offers[i].Profile), part, i, own))
	}
	byPrice := slices.Clone(own)
	slices.SortStableFunc(byPrice, func(a, b int) int { return cmp.Compare(c.offers[a].Price(), c.offers[b].Price()) })
	for k := range kinds {
		if ctx.Err() != nil {
			return
		}
		held := slices.DeleteFunc(slices.Clone(byPrice), func(i int) bool { return !holdsAlone(&kinds[k], &c.offers[i], s, requests[k], c.capacities[i]) })
		if len(held) == 0 {
			continue
		}
		if set := c.enough(v, held[0], slices.Values(held)); set != nil {
			c.offers = append(c.offers, c.offers[held[0]])
			c.among, c.lacks = append(c.among, set), append(c.lacks, false)
			c.capacities = append(c.capacities, c.leastOf(set))
		}
	}
	least := make([][]int64, len(own))
	for n, i := range own {
		if c.among[i] = sets[n]; sets[n] == nil {
			c.offers[i].Limit, c.lacks[i] = 0, true
		}
		least[n] = c.leastOf(append(slices.Clone(sets[n]), i))
	}
	for n, i := range own {
		c.capacities[i] = least[n]
	}
}

// holdsAlone reports whether an offer's empty node, which has this capacity, holds a
// pod of a kind.
func holdsAlone(k *Kind, o *supply.Offer, s *supply.Supply, requests, capacity []int64) bool {
	return k.Blocked == nil && s.ProfileOf(o).Admits[k.Rules] != kube.Never && holds(capacity, requests) && !s.Claimed(o, k.Ports)
}

// lostBetween returns, for each profile, how many rule sets it does not admit that a given
// one does, as a function that counts once.
func lostBetween(s *supply.Supply) func(of int) []int {
	known := make([][]int, len(s.Profiles))
	return func(of int) []int {
		if known[of] == nil {
			known[of] = make([]int, len(s.Profiles))
			for by := range s.Profiles {
				for set, a := range s.Profiles[by].Admits {
					if a == kube.Never && s.Profiles[of].Admits[set] != kube.Never {
						known[of][by]++
					}
				}
			}
		}
		return known[of]
	}
}

// mostLike yields the offers in the order of how much of offer i they can stand
// for: those whose profiles admit as many rule sets first, then those that hold as much.
// A few are enough as a rule. part is room for what they hold of it, used until the next call.
func (c *choice) mostLike(lost []int, part []float64, i int, offers []int) iter.Seq[int] {
	for _, o := range offers {
		part[o] = 1
		for r, most := range c.capacities[i] {
			if most > 0 {
				part[o] = min(part[o], float64(c.capacities[o][r])/float64(most))
			}
		}
	}
	return lazysort.All(slices.Clone(offers), func(a, b int) int {
		switch x, y := lost[c.offers[a].Profile], lost[c.offers[b].Profile]; { // in this order most need no price
		case x != y:
			return cmp.Compare(x, y)
		case part[a] != part[b]:
			return -cmp.Compare(part[a], part[b])
		}
		return cmp.Compare(c.offers[a].Price(), c.offers[b].Price())
	})
}

// values are the values of the labels that a pool must leave a choice of.
type values struct {
	supply *supply.Supply
	pool   int
	of     map[int]map[string]string // per offer
}

func (v *values) least() map[string]int { return v.supply.Pools[v.pool].MinValues }

// labels returns those of an offer.
func (v *values) labels(number int, o *supply.Offer) map[string]string {
	labels, known := v.of[number]
	if !known {
		labels = map[string]string{}
		for key := range v.least() {
			if value, ok := v.supply.LabelOf(o, key); ok {
				labels[key] = value
			}
		}
		v.of[number] = labels
	}
	return labels
}

// enough returns offer i and the first of the others that bring new values, until
// the pool's MinValues are met; nil: they cannot be.
func (c *choice) enough(v *values, i int, others iter.Seq[int]) []int {
	seen := map[[2]string]bool{}
	count, missing := map[string]int{}, 0
	for _, least := range v.least() {
		missing += max(least, 0)
	}
	add := func(o int) bool {
		isNew := false
		labels := v.labels(o, &c.offers[o])
		for key, least := range v.least() {
			value, ok := labels[key]
			if ok && count[key] < least && !seen[[2]string{key, value}] {
				seen[[2]string{key, value}] = true
				count[key]++
				missing--
				isNew = true
			}
		}
		return isNew
	}
	add(i)
	set := []int{i}
	if missing > 0 {
		for o := range others {
			if o != i && add(o) {
				set = append(set, o)
			}
			if missing == 0 {
				break
			}
		}
	}
	if missing > 0 {
		return nil
	}
	return set
}

// leastOf returns what each of the offers has of every resource.
func (c *choice) leastOf(offers []int) []int64 {
	least := slices.Clone(c.capacities[offers[0]])
	for _, i := range offers[1:] {
		for r, n := range c.capacities[i] {
			least[r] = min(least[r], n)
		}
	}
	return least
}
