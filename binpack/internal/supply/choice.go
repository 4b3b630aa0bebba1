package supply

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/lazysort"
)

// A Choice is what MinValues of a pool ask of sets of its offers.
type Choice struct {
	supply     *Supply
	pool       int
	capacities [][]int64
	keys       []string  // of MinValues
	lost       [][]int   // profile → per profile, the rule sets that only the former admits; nil: not counted yet
	part       []float64 // per offer; room that is used until the next MostLike
}

// ChoiceOf returns the choice of a pool, whose offers have these capacities.
func (s *Supply) ChoiceOf(pool int, capacities [][]int64) *Choice {
	return &Choice{s, pool, capacities, slices.Sorted(maps.Keys(s.Pools[pool].MinValues)), make([][]int, len(s.Profiles)), make([]float64, len(s.Offers))}
}

// Pool returns the pool.
func (c *Choice) Pool() *binpack.Pool { return &c.supply.Pools[c.pool] }

// lostTo counts the rule sets that a profile admits and each other one does not.
func (c *Choice) lostTo(of int) []int {
	if c.lost[of] == nil {
		c.lost[of] = make([]int, len(c.supply.Profiles))
		for by := range c.supply.Profiles {
			for set, a := range c.supply.Profiles[by].Admits {
				if a == kube.Never && c.supply.Profiles[of].Admits[set] != kube.Never {
					c.lost[of][by]++
				}
			}
		}
	}
	return c.lost[of]
}

// MostLike yields the offers in the order of how much of offer i they can stand for:
// those that admit as many rule sets first, then those that hold as much. A few are
// enough as a rule. It is done with before it is called again.
func (c *Choice) MostLike(i int, offers []int) iter.Seq[int] {
	all, lost := c.supply.Offers, c.lostTo(c.supply.Offers[i].Profile)
	for _, o := range offers {
		c.part[o] = 1
		for r, n := range c.capacities[i] {
			if n > 0 {
				c.part[o] = min(c.part[o], float64(c.capacities[o][r])/float64(n))
			}
		}
	}
	return lazysort.All(slices.Clone(offers), func(a, b int) int {
		switch x, y := lost[all[a].Profile], lost[all[b].Profile]; { // in this order most need no price
		case x != y:
			return cmp.Compare(x, y)
		case c.part[a] != c.part[b]:
			return -cmp.Compare(c.part[a], c.part[b])
		}
		return cmp.Compare(all[a].Price(), all[b].Price())
	})
}

// Enough returns offer i and the first of the others that bring new values, until the
// pool's MinValues are met; nil: they cannot be. All have the same value as offer i of
// each fixed key.
func (c *Choice) Enough(i int, others iter.Seq[int], fixed []string) []int {
	s, least := c.supply, c.Pool().MinValues
	values := map[[2]string]bool{}
	count, missing := map[string]int{}, 0
	for _, n := range least {
		missing += max(n, 0)
	}
	add := func(o int) bool {
		isNew := false
		for _, key := range c.keys {
			if count[key] >= least[key] {
				continue
			}
			if v, ok := s.LabelOf(&s.Offers[o], key); ok && !values[[2]string{key, v}] {
				values[[2]string{key, v}] = true
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
			if o != i && s.Agree(i, o, fixed) && add(o) {
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

// Agree reports whether two offers have the same labels under the keys.
func (s *Supply) Agree(a, b int, keys []string) bool {
	for _, key := range keys {
		x, has := s.LabelOf(&s.Offers[a], key)
		y, also := s.LabelOf(&s.Offers[b], key)
		if x != y || has != also {
			return false
		}
	}
	return true
}
