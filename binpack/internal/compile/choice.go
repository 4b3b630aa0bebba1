package compile

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
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
func choiceOf(kinds []Kind, s *supply.Supply, a amounts, scope Scope) choice {
	c := choice{offers: slices.Clone(s.Offers), among: make([][]int, len(s.Offers)), lacks: make([]bool, len(s.Offers)), capacities: a.capacities}
	if !scope.Choice {
		return c
	}
	c.capacities = slices.Clone(c.capacities)
	for pool := range s.Pools {
		if len(s.Pools[pool].MinValues) > 0 {
			c.ofPool(pool, kinds, s, a.requests)
		}
	}
	return c
}

// ofPool gives the offers of a pool their sets, and adds those for kinds.
func (c *choice) ofPool(pool int, kinds []Kind, s *supply.Supply, requests [][]int64) {
	own := slices.DeleteFunc(s.OffersOf(pool), func(i int) bool { return c.offers[i].Limit == 0 })
	sets := make([][]int, len(own))
	for n, i := range own {
		sets[n] = c.enough(s, pool, i, c.mostLike(s, i, own))
	}
	for k := range kinds {
		held := slices.DeleteFunc(slices.Clone(own), func(i int) bool { return !holdsAlone(&kinds[k], &c.offers[i], s, requests[k], c.capacities[i]) })
		slices.SortStableFunc(held, func(a, b int) int { return cmp.Compare(c.offers[a].Price(), c.offers[b].Price()) })
		if len(held) == 0 {
			continue
		}
		if set := c.enough(s, pool, held[0], held); set != nil {
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
	return k.Blocked == nil && !k.Repels(o.Profile) && s.ProfileOf(o).Admits[k.Rules] != kube.Never && holds(capacity, requests) && !s.Claimed(o, k.Ports)
}

// mostLike returns the offers in the order of how much of offer i they can stand
// for: those that admit as many rule sets first, then those that hold as much.
func (c *choice) mostLike(s *supply.Supply, i int, offers []int) []int {
	lost, part := map[int]int{}, map[int]float64{}
	admits := s.ProfileOf(&c.offers[i]).Admits
	for _, o := range offers {
		for set, a := range s.ProfileOf(&c.offers[o]).Admits {
			if a == kube.Never && admits[set] != kube.Never {
				lost[o]++
			}
		}
		part[o] = 1
		for r, n := range c.capacities[i] {
			if n > 0 {
				part[o] = min(part[o], float64(c.capacities[o][r])/float64(n))
			}
		}
	}
	out := slices.Clone(offers)
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(lost[a], lost[b]), -cmp.Compare(part[a], part[b]), cmp.Compare(c.offers[a].Price(), c.offers[b].Price()))
	})
	return out
}

// enough returns offer i and the first of the others that bring new values, until
// the pool's MinValues are met; nil: they cannot be.
func (c *choice) enough(s *supply.Supply, pool, i int, others []int) []int {
	values := map[[2]string]bool{}
	count := map[string]int{}
	add := func(o int) bool {
		isNew := false
		for key, least := range s.Pools[pool].MinValues {
			v, ok := s.LabelOf(&c.offers[o], key)
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
	for key, least := range s.Pools[pool].MinValues {
		if count[key] < least {
			return nil
		}
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
