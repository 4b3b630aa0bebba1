package supply

import (
	"cmp"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// What MinValues of a pool ask of sets of its offers.

// MostLike returns the offers in the order of how much of offer i they can stand for:
// those that admit as many rule sets first, then those that hold as much.
func (s *Supply) MostLike(i int, offers []int, capacities [][]int64) []int {
	lost, part := map[int]int{}, map[int]float64{}
	admits := s.ProfileOf(&s.Offers[i]).Admits
	for _, o := range offers {
		for set, a := range s.ProfileOf(&s.Offers[o]).Admits {
			if a == kube.Never && admits[set] != kube.Never {
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
		return cmp.Or(cmp.Compare(lost[a], lost[b]), -cmp.Compare(part[a], part[b]), cmp.Compare(s.Offers[a].Price(), s.Offers[b].Price()))
	})
	return out
}

// Enough returns offer i and the first of the others that bring new values, until the
// pool's MinValues are met; nil: they cannot be. All have the same value as offer i of
// each fixed key.
func (s *Supply) Enough(pool, i int, others []int, fixed []string) []int {
	least := s.Pools[pool].MinValues
	keys := slices.Sorted(maps.Keys(least))
	values := map[[2]string]bool{}
	count := map[string]int{}
	add := func(o int) bool {
		isNew := false
		for _, key := range keys {
			v, ok := s.LabelOf(&s.Offers[o], key)
			if ok && count[key] < least[key] && !values[[2]string{key, v}] {
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
		if o != i && s.Agree(i, o, fixed) && add(o) {
			set = append(set, o)
		}
	}
	for _, key := range keys {
		if count[key] < least[key] {
			return nil
		}
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
