package primal

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxJoins bounds the pairs of columns that are tried to be joined.
const maxJoins = 200_000

// Fewest returns the incumbent as a solution of the unsplit model, on as few nodes as are
// found at the same cost: the pods of two nodes on one, where that costs what the two
// do. A scheduler that places the pods by itself strands fewer on few large nodes than
// on many small ones. Once the context has ended it looks for none.
func (p *Primal) Fewest() model.Solution {
	s := p.Unsplit()
	if p.meter.Interrupted() {
		return s
	}
	joined := p.space.joined(p.incumbent)
	if len(joined) == 0 || joined.OutOfOrder(p.space.model) || joined.Check(p.space.model) != nil {
		return s
	}
	out := p.space.split.Unsplit(joined)
	if rule, _ := out.Broken(p.unsplit); rule >= 0 {
		return s
	}
	return out
}

// joined returns s with pairs of nodes joined, as often as that is possible.
func (p *space) joined(s model.Solution) model.Solution {
	m := p.model
	byPrice := map[int64][]int{}
	all := make([]int, len(m.Bins))
	for b := range m.Bins {
		if all[b] = b; m.Bins[b].Price > 0 {
			byPrice[m.Bins[b].Price] = append(byPrice[m.Bins[b].Price], b)
		}
	}
	root, _ := tied(m, all)
	of := func(j *model.Column) int { // no node holds pods of two of these
		if len(j.Counts) == 0 {
			return -1
		}
		return root(j.Counts[0].Class)
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
				if j, ok := p.join(s, i, together[r][at], byPrice, free); ok {
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
func (p *space) join(s model.Solution, i, k int, byPrice map[int64][]int, free []int64) (model.Column, bool) {
	m, a, b := p.model, &s[i], &s[k]
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
