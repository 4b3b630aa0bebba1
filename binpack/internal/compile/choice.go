package compile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
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
//
// A pod with a rule over the pods of a domain, or a volume, fixes its key: all offers of
// the set have one value of it. So there are sets for each combination of fixed keys.
type choice struct {
	offers     []supply.Offer
	among      [][]int   // per offer, those that must hold what is on the node as well, itself included; nil: itself alone
	lacks      []bool    // per offer: its pool has too few others for MinValues, so that by itself it is not launched
	capacities [][]int64 // per offer, what each of its set has
	only       [][]bool  // per offer, the kinds that its set is for; nil: all
}

// choiceOf returns the offers with their sets, or each by itself where the options do
// not hold MinValues.
func choiceOf(ctx context.Context, kinds []Kind, s *supply.Supply, a amounts, options Options) choice {
	c := choice{
		offers: slices.Clone(s.Offers), among: make([][]int, len(s.Offers)), lacks: make([]bool, len(s.Offers)),
		capacities: a.capacities, only: make([][]bool, len(s.Offers)),
	}
	if !options.Choice {
		return c
	}
	c.capacities = slices.Clone(c.capacities)
	for pool := range s.Pools {
		if len(s.Pools[pool].MinValues) > 0 {
			c.ofPool(ctx, pool, kinds, s, a)
		}
	}
	return c
}

// A poolChoice gives the offers of one pool their sets.
type poolChoice struct {
	*choice
	of    *supply.Choice
	kinds []Kind
	fixed [][]string // keys that each kind fixes
	a     amounts
	s     *supply.Supply
	like  map[string]map[int][]int // fixed keys → offer → the set of those most like it
	added map[string]bool          // sets that kinds have added
}

// ofPool gives the offers of a pool their sets, and adds those for fixed keys and kinds.
// When ctx ends it leaves some without.
func (c *choice) ofPool(ctx context.Context, pool int, kinds []Kind, s *supply.Supply, a amounts) {
	own := slices.DeleteFunc(s.OffersOf(pool), func(i int) bool { return c.offers[i].Limit == 0 })
	p := poolChoice{choice: c, of: s.ChoiceOf(pool, a.capacities), kinds: kinds, a: a, s: s, like: map[string]map[int][]int{}, added: map[string]bool{}}
	for k := range kinds {
		p.fixed = append(p.fixed, kube.FixedKeys(kinds[k].Pod, kinds[k].Volumes))
	}
	sets := make([][]int, len(own))
	for _, keys := range p.fixedSets() {
		only, like := p.freeOf(keys), make(map[int][]int, len(own))
		p.like[fmt.Sprint(keys)] = like
		for n, set := range p.of.Sets(ctx, own, keys) {
			like[own[n]] = set
			switch i := own[n]; {
			case len(keys) == 0:
				sets[n] = set
				c.only[i] = only
			case set != nil:
				c.add(i, set, only, a)
			}
		}
	}
	byPrice := slices.Clone(own)
	slices.SortStableFunc(byPrice, func(a, b int) int { return cmp.Compare(c.offers[a].Price(), c.offers[b].Price()) })
	for k := range kinds {
		if ctx.Err() != nil {
			return
		}
		p.forKind(k, byPrice)
	}
	for n, i := range own {
		c.among[i] = sets[n]
		c.capacities[i] = leastOf(append(slices.Clone(sets[n]), i), a)
		if sets[n] == nil {
			c.offers[i].Limit, c.lacks[i] = 0, true
		}
	}
}

// forKind adds the set of the cheapest offers that hold a kind, and those of dearer ones
// that are launched once the cheaper are used up; where there is none, and the pool wants
// MinValues only as far as they can be had, each of them by itself.
func (p *poolChoice) forKind(k int, byPrice []int) {
	held := func(yield func(int) bool) {
		for _, i := range byPrice {
			if p.holds(k, i) && !yield(i) {
				return
			}
		}
	}
	keys := p.fixed[k]
	like := p.like[fmt.Sprint(keys)]
	var lasting []int // one for each combination of values: the cheapest that are never used up
	first, some := true, false
	for i := range held {
		same := slices.IndexFunc(lasting, func(of int) bool { return p.of.Agree(of, i, keys) })
		if same >= 0 && p.offers[lasting[same]].Price() < p.offers[i].Price() {
			if len(keys) == 0 {
				break // all agree
			}
			continue
		}
		if same < 0 && p.offers[i].Limit == binpack.Unlimited {
			lasting = append(lasting, i)
		}
		if !first && p.holdAll(k, like[i]) {
			some = true
			continue
		}
		first = false
		if set := p.of.Enough(i, held, keys); set != nil {
			some = true
			if name := fmt.Sprint(set, keys); !p.added[name] {
				p.added[name] = true
				p.add(i, set, p.freeOf(keys), p.a)
			}
		}
	}
	if some || p.of.Pool().MinValuesPolicy != binpack.BestEffort {
		return
	}
	alone := make([]bool, len(p.kinds))
	alone[k] = true
	for i := range held {
		p.add(i, []int{i}, alone, p.a)
	}
}

// holds reports whether the empty node of offer i holds a pod of kind k.
func (p *poolChoice) holds(k, i int) bool {
	return holdsAlone(&p.kinds[k], &p.offers[i], p.s, p.a.requests[k], p.a.capacities[i])
}

// holdAll reports whether each offer of a set does; not where there is no set.
func (p *poolChoice) holdAll(k int, set []int) bool {
	return set != nil && !slices.ContainsFunc(set, func(i int) bool { return !p.holds(k, i) })
}

// add adds offer i with a set, for some kinds.
func (c *choice) add(i int, set []int, only []bool, a amounts) {
	c.offers = append(c.offers, c.offers[i])
	c.among, c.lacks, c.only = append(c.among, set), append(c.lacks, false), append(c.only, only)
	c.capacities = append(c.capacities, leastOf(set, a))
}

// fixedSets returns the sets of keys that kinds fix, without any first, and all together.
func (p *poolChoice) fixedSets() [][]string {
	sets := map[string][]string{}
	var all []string
	for k, keys := range p.fixed {
		if p.kinds[k].Blocked == nil && len(keys) > 0 {
			sets[fmt.Sprint(keys)] = keys
			all = append(all, keys...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	sets[fmt.Sprint(all)] = all
	delete(sets, fmt.Sprint([]string(nil)))
	out := [][]string{nil}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		out = append(out, sets[name])
	}
	return out
}

// freeOf returns the kinds that fix none but these keys.
func (p *poolChoice) freeOf(keys []string) []bool {
	out := make([]bool, len(p.fixed))
	for k := range p.fixed {
		out[k] = !slices.ContainsFunc(p.fixed[k], func(key string) bool { return !slices.Contains(keys, key) })
	}
	return out
}

// holdsAlone reports whether an offer's empty node, which has this capacity, holds a
// pod of a kind.
func holdsAlone(k *Kind, o *supply.Offer, s *supply.Supply, requests, capacity []int64) bool {
	return k.Blocked == nil && fits(capacity, requests) && s.ProfileOf(o).Admits[k.Rules] != kube.Never && !takenFor(k, o, s)
}

// takenFor reports whether what is on each node of an offer before keeps a kind off it.
func takenFor(k *Kind, o *supply.Offer, s *supply.Supply) bool {
	return k.Repels(o.Profile) || len(k.Ports) > 0 && s.Claimed(o, k.Ports)
}

// leastOf returns what each of the offers has of every resource.
func leastOf(offers []int, a amounts) []int64 {
	least := slices.Clone(a.capacities[offers[0]])
	for _, i := range offers[1:] {
		for r, n := range a.capacities[i] {
			least[r] = min(least[r], n)
		}
	}
	return least
}
