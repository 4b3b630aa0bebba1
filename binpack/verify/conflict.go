package verify

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/ties"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// conflicts returns, for each of some kinds whose values differ by domain, the others that
// anti-affinity keeps out of its domains by the key of these values, or that it keeps out of
// theirs.
func (in *instance) conflicts(kinds []int, placeable []bool) map[int][]int {
	out := map[int][]int{}
	var able []int // of the kinds, as most values do not differ
	for _, k := range kinds {
		if placeable[k] && in.kinds[k].key() != "" {
			able = append(able, k)
		}
	}
	for _, k := range able {
		for _, o := range able {
			if o != k && in.keepsAway(k, o) {
				out[k], out[o] = append(out[k], o), append(out[o], k)
			}
		}
	}
	return out
}

// keepsAway reports whether an anti-affinity of kind k selects the pods of kind o, which are
// of the same level, over the key by which the values of both differ.
func (in *instance) keepsAway(k, o int) bool {
	key := in.kinds[k].key()
	return key == in.kinds[o].key() && in.kinds[k].count > 0 && in.kinds[o].count > 0 &&
		in.bound.Kinds[k].Level == in.bound.Kinds[o].Level && in.selectsOver(k, o, key)
}

// selectsOver reports whether an anti-affinity of kind k over a key selects pods of kind o.
func (in *instance) selectsOver(k, o int, key string) bool {
	return slices.ContainsFunc(in.kinds[k].kind.Rules.AntiAffinities, func(a reading.Ref[naive.Term]) bool {
		return a.Rule.Key == key && slices.Contains(in.kinds[o].kind.Rules.SelectedBy.AntiAffinities, a.Number)
	})
}

// looseDivision divides kind k over the domains of a key: as many to a domain as there are, or
// one where its pods keep away from each other; nil: some node that may hold its pods is in no
// domain.
func (in *instance) looseDivision(k int, key string) *division {
	open := map[string]bool{}
	for b := range in.bound.Nodes {
		domain, ok := naive.Domain(in.templates[b].Node, key)
		if in.bound.Holds(b, k) && !ok {
			return nil
		}
		if ok {
			open[domain] = open[domain] || in.bound.Holds(b, k)
		}
	}
	d := &division{key: key, domains: slices.Sorted(maps.Keys(open))}
	d.spread = bound.Spread{Count: in.kinds[k].count, Skew: in.kinds[k].count, Sparse: true}
	if in.selectsOver(k, k, key) {
		d.spread.Skew = 1
	}
	for _, domain := range d.domains {
		before := int64(0)
		if !open[domain] {
			before = d.spread.Skew
		}
		d.spread.Before = append(d.spread.Before, before)
	}
	d.spread.Count -= d.spread.Surplus()
	return d
}

// aparts returns the kinds with a division over the key of their values that keep away from
// each other. numberOf is the number of the spread of each.
func (in *instance) aparts(conflicts map[int][]int, divisions map[int]*division, numberOf map[int]int) []bound.Apart {
	usable := func(k int) bool { return divisions[k] != nil && divisions[k].key == in.kinds[k].key() }
	together := ties.Of(len(in.kinds))
	kinds := slices.DeleteFunc(slices.Sorted(maps.Keys(conflicts)), func(k int) bool { return !usable(k) })
	for _, k := range kinds {
		for _, o := range conflicts[k] {
			if usable(o) {
				together.Tie(k, o)
			}
		}
	}
	var out []bound.Apart
	of, at := map[int]int{}, map[int]int{} // a root's number in out; a kind's place in that
	numbers := map[int]map[string]int{}    // of a root's domains
	for _, k := range kinds {
		root := together.Root(k)
		if _, known := of[root]; !known {
			of[root] = len(out)
			out, numbers[root] = append(out, bound.Apart{Level: in.bound.Kinds[k].Level}), map[string]int{}
		}
		a := &out[of[root]]
		at[k] = len(a.Spreads)
		var domains []int
		for _, domain := range divisions[k].domains {
			if _, known := numbers[root][domain]; !known {
				numbers[root][domain] = len(numbers[root])
			}
			domains = append(domains, numbers[root][domain])
		}
		a.Spreads, a.Domains = append(a.Spreads, numberOf[k]), append(a.Domains, domains)
	}
	for _, k := range kinds {
		for _, o := range conflicts[k] {
			if usable(o) && k < o {
				out[of[together.Root(k)]].Pairs = append(out[of[together.Root(k)]].Pairs, [2]int{at[k], at[o]})
			}
		}
	}
	return out
}
