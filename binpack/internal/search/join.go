package search

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxJoins bounds the pairs of columns that are tried to be joined.
const maxJoins = 200_000

// Join returns s with the pods of two nodes on one that costs what the two do, as often as that is possible. No node holds pods of
// two classes whose sections differ.
func Join(m *model.Model, s model.Solution, section func(class int) int) model.Solution {
	byPrice := map[int64][]int{}
	for b := range m.Bins {
		if m.Bins[b].Price > 0 {
			byPrice[m.Bins[b].Price] = append(byPrice[m.Bins[b].Price], b)
		}
	}
	of := func(j *model.Column) int {
		if len(j.Counts) == 0 {
			return -1
		}
		return section(j.Counts[0].Class)
	}
	s, free := slices.Clone(s), s.Free(m)
	tries := 0
	for again := true; again; {
		again = false
		s = s.Normal()
		together := map[int][]int{} // columns, in order
		for i := range s {
			together[of(&s[i])] = append(together[of(&s[i])], i)
		}
		for i := range s {
			r := of(&s[i])
			at, _ := slices.BinarySearch(together[r], i)
			for ; at < len(together[r]) && tries < maxJoins; at++ {
				tries++
				if j, ok := join(m, s, i, together[r][at], byPrice, free); ok {
					together[r] = append(together[r], len(s))
					s = append(s, j)
					again = true
				}
			}
		}
	}
	return s
}

// join puts the pods of a node of column i and of one of column k on one node at the
// price of both, as many times as there are such pairs and the free caps allow. It takes
// them from s, and returns the new column.
func join(m *model.Model, s model.Solution, i, k int, byPrice map[int64][]int, free []int64) (model.Column, bool) {
	a, b := &s[i], &s[k]
	times := min(a.Times, b.Times)
	if i == k {
		times = a.Times / 2
	}
	from := &m.Bins[a.Bin]
	to := byPrice[from.Price+m.Bins[b.Bin].Price]
	if times == 0 || from.Price == 0 || m.Bins[b.Bin].Price == 0 || from.Rank != m.Bins[b.Bin].Rank || len(to) == 0 {
		return model.Column{}, false
	}
	counts := slices.Clone(a.Counts)
	for _, n := range b.Counts {
		counts = model.AddCount(counts, n.Class, n.N)
	}
	for _, bin := range to {
		if m.Bins[bin].Rank != from.Rank || !m.Fits(bin, counts) {
			continue
		}
		m.Spend(a.Bin, free, -times)
		m.Spend(b.Bin, free, -times)
		if m.Launches(bin, free, times) == times {
			m.Spend(bin, free, times)
			a.Times -= times
			b.Times -= times
			return model.Column{Bin: bin, Times: times, Counts: counts}, true
		}
		m.Spend(a.Bin, free, times)
		m.Spend(b.Bin, free, times)
	}
	return model.Column{}, false
}
