package supply

import (
	"cmp"
	"context"
	"fmt"
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
	least      []choiceKey            // MinValues, by key
	rounds     int                    // calls of Enough
	numbers    map[string]map[int]int // key → see numbersOf
	lost       [][]int                // profile → per profile, the rule sets that only the former admits; nil: not counted yet
}

// A choiceKey is how many values of a key are wanted.
type choiceKey struct {
	least int
	of    map[int]int // offer → number of its value; absent: it has none
	seen  []int       // value → the last round of Enough that met it
	count int         // values that this round met
}

// ChoiceOf returns the choice of a pool, whose offers have these capacities.
func (s *Supply) ChoiceOf(pool int, capacities [][]int64) *Choice {
	c := &Choice{supply: s, pool: pool, capacities: capacities, numbers: map[string]map[int]int{}, lost: make([][]int, len(s.Profiles))}
	for _, key := range slices.Sorted(maps.Keys(s.Pools[pool].MinValues)) {
		k := choiceKey{least: s.Pools[pool].MinValues[key], of: map[int]int{}}
		number := map[string]int{}
		for _, i := range s.OffersOf(pool) {
			if v, ok := s.LabelOf(&s.Offers[i], key); ok {
				if _, known := number[v]; !known {
					number[v] = len(number)
				}
				k.of[i] = number[v]
			}
		}
		k.seen = make([]int, len(number))
		c.least = append(c.least, k)
	}
	return c
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

// Sets returns for each of the offers a set as of Enough, of those most like it; fewer
// when ctx ends.
func (c *Choice) Sets(ctx context.Context, offers []int, fixed []string) [][]int {
	sets := make([][]int, len(offers))
	alike := make([]string, len(offers))
	order := make([]int, len(offers))
	for n, i := range offers {
		alike[n], order[n] = fmt.Sprint(c.capacities[i], c.lostTo(c.supply.Offers[i].Profile)), n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(alike[a], alike[b]) })
	var others *lazysort.List[int]
	part := make([]float64, len(c.supply.Offers))
	for at, n := range order {
		if ctx.Err() != nil {
			break
		}
		if at == 0 || alike[n] != alike[order[at-1]] {
			others = c.mostLike(offers[n], offers, part)
		}
		sets[n] = c.Enough(offers[n], others.All(), fixed)
	}
	return sets
}

// mostLike returns the offers in the order of how much of offer i they can stand for:
// those that admit as many rule sets first, then those that hold as much. A few are
// enough as a rule. The order needs part, one number per offer of the supply.
func (c *Choice) mostLike(i int, offers []int, part []float64) *lazysort.List[int] {
	all, lost := c.supply.Offers, c.lostTo(c.supply.Offers[i].Profile)
	for _, o := range offers {
		part[o] = 1
		for r, n := range c.capacities[i] {
			if n > 0 {
				part[o] = min(part[o], float64(c.capacities[o][r])/float64(n))
			}
		}
	}
	return lazysort.Of(slices.Clone(offers), func(a, b int) int {
		switch x, y := lost[all[a].Profile], lost[all[b].Profile]; { // in this order most need no price
		case x != y:
			return cmp.Compare(x, y)
		case part[a] != part[b]:
			return -cmp.Compare(part[a], part[b])
		}
		return cmp.Compare(all[a].Price(), all[b].Price())
	})
}

// Enough returns offer i and the first of the others that bring new values, until the
// pool's MinValues are met; nil: they cannot be. All have the same value as offer i of
// each fixed key.
func (c *Choice) Enough(i int, others iter.Seq[int], fixed []string) []int {
	c.rounds++
	missing := 0
	for n := range c.least {
		c.least[n].count = 0
		missing += max(c.least[n].least, 0)
	}
	add := func(o int) bool {
		isNew := false
		for n := range c.least {
			k := &c.least[n]
			if v, ok := k.of[o]; ok && k.count < k.least && k.seen[v] < c.rounds {
				k.seen[v] = c.rounds
				k.count++
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
			if o != i && c.Agree(i, o, fixed) && add(o) {
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

// Agree reports whether two offers of the pool have the same labels under the keys.
func (c *Choice) Agree(a, b int, keys []string) bool {
	for _, key := range keys {
		if numbers := c.numbersOf(key); numbers[a] != numbers[b] {
			return false
		}
	}
	return true
}

// numbersOf returns the number of each offer's value of a key: the same for the same value;
// without one it is not there.
func (c *Choice) numbersOf(key string) map[int]int {
	if c.numbers[key] == nil {
		numbers, of := map[int]int{}, map[string]int{}
		for _, i := range c.supply.OffersOf(c.pool) {
			if v, ok := c.supply.LabelOf(&c.supply.Offers[i], key); ok {
				if of[v] == 0 {
					of[v] = len(of) + 1
				}
				numbers[i] = of[v]
			}
		}
		c.numbers[key] = numbers
	}
	return c.numbers[key]
}
