package primal

import (
	"cmp"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// maxReorders bounds how often pods that were out of order are packed anew.
const maxReorders = 8

// inOrder takes out the pods that are on a bin of a later rank though a bin of an
// earlier one can be launched for them, and packs them anew. After maxReorders tries it
// leaves them.
func (p *space) inOrder(s model.Solution) model.Solution {
	m := p.model
	s = p.repaired(s)
	for n := 0; s.OutOfOrder(m); n++ {
		s = slices.DeleteFunc(slices.Clone(s), m.OutOfOrder(s.Free(m)))
		if n < maxReorders {
			packer := greedy.NewPacker(m, p.bins, p.meter)
			s = append(s, packer.Pack(s.Left(m), s.Free(m), packingValues(m, p.values, nil), p.costs.at(0))...)
			s = p.repaired(s)
		}
	}
	return s
}

// repaired returns s with launches in the order of pools, where that needs no pods packed
// anew.
func (p *space) repaired(s model.Solution) model.Solution { return p.usedUp(p.promoted(s)) }

// soundBetter reports whether a is better than b, or in order where b is not.
func (p *space) soundBetter(a, b model.Solution) bool {
	if x, y := a.OutOfOrder(p.model), b.OutOfOrder(p.model); x != y {
		return y
	}
	return a.Better(p.model, b)
}

// promoted moves launches of later ranks to pools of earlier ones, the dearest first, as
// long as these could launch for one of their pods: the same pods on a node that costs no
// more.
func (p *space) promoted(s model.Solution) model.Solution {
	m := p.model
	if !s.OutOfOrder(m) {
		return s
	}
	out, free := slices.Clone(s), s.Free(m)
	slices.SortStableFunc(out, func(a, b model.Column) int { return -cmp.Compare(m.Bins[a.Bin].Price, m.Bins[b.Bin].Price) })
	for i := range s {
		j := out[i]
		for j.Times > 0 && m.OutOfOrder(free)(j) {
			m.Spend(j.Bin, free, -1)
			b := p.earlier(&j, free)
			if b < 0 {
				m.Spend(j.Bin, free, 1)
				break
			}
			m.Spend(b, free, 1)
			j.Times--
			out = append(out, model.Column{Bin: b, Times: 1, Counts: j.Counts})
		}
		out[i] = j
	}
	return slices.DeleteFunc(out, func(j model.Column) bool { return j.Times == 0 }).Normal()
}

// earlier returns a bin of an earlier rank that holds the column and is no dearer,
// within the free caps; -1: there is none.
func (p *space) earlier(j *model.Column, free []int64) int {
	m := p.model
	from := &m.Bins[j.Bin]
	for _, b := range p.bins {
		to := &m.Bins[b]
		if to.Rank < from.Rank && to.Price <= from.Price && from.Price > 0 && m.Launches(b, free, 1) > 0 && m.Fits(b, j.Counts) {
			return b
		}
	}
	return -1
}

// usedUp returns s with some launches on other nodes, dearer as a rule, that use up a
// limit, so that pools of earlier ranks can no longer launch for pods that are out of order.
// It returns s where no limit does.
func (p *space) usedUp(s model.Solution) model.Solution {
	m := p.model
	if !s.OutOfOrder(m) || !p.without.Uses(technique.PoolLimits) {
		return s
	}
	var best model.Solution
	untilClosed := p.untilClosed(s)
	for _, k := range slices.Sorted(maps.Keys(untilClosed)) {
		if t := p.using(s, k, untilClosed[k]); t != nil && !t.OutOfOrder(m) && (best == nil || t.Cost(m) < best.Cost(m)) {
			best = t
		}
	}
	if best == nil {
		return s
	}
	return best
}

// untilClosed returns how much more of a cap launches must take so that no pod is out of order
// for it; not of a cap that does not stop what some pool would launch.
func (p *space) untilClosed(s model.Solution) map[int]int64 {
	m, free := p.model, s.Free(p.model)
	var least map[int]int64 // what one more launch of any pool that pods jump takes
	seen := map[[2]int]bool{}
	for _, j := range s {
		rank := m.Bins[j.Bin].Rank
		for _, n := range j.Counts {
			if seen[[2]int{n.Class, rank}] {
				continue
			}
			seen[[2]int{n.Class, rank}] = true
			for _, a := range m.Classes[n.Class].Preferred {
				if a.Rank >= rank || !m.LaunchesCheapest(a.Bins, free) {
					continue
				}
				if least = m.CheapestTake(least, a.Bins, free); len(least) == 0 {
					return nil
				}
			}
		}
	}
	for k, n := range least {
		least[k] = free[k] - n + 1
	}
	maps.DeleteFunc(least, func(_ int, n int64) bool { return n <= 0 })
	return least
}

// maxUsing bounds the launches that are made to use up a limit.
const maxUsing = 16

// using returns s with launches that together take more more of a cap, each the cheapest
// by what it takes: one on another node, or one more for one of its pods. nil: there are
// none.
func (p *space) using(s model.Solution, k int, more int64) model.Solution {
	for range maxUsing {
		if p.meter.Interrupted() {
			return nil
		}
		t, gain := p.oneUsing(s, k, more)
		if gain == 0 {
			return nil
		}
		s = t
		if more -= gain; more <= 0 {
			return s
		}
	}
	return nil
}

// oneUsing returns s with one such launch, and how much more it takes, up to most.
func (p *space) oneUsing(s model.Solution, k int, most int64) (out model.Solution, gain int64) {
	m, free := p.model, s.Free(p.model)
	var price int64
	try := func(i, b int, counts []model.Count, p, g int64) {
		if g = min(g, most); g <= 0 || gain > 0 && float64(p)*float64(gain) >= float64(price)*float64(g) || m.Launches(b, free, 1) == 0 || !m.Fits(b, counts) {
			return
		}
		price, gain = p, g
		out = moved(s, i, b, counts)
	}
	for i, j := range s {
		p.meter.Spend(len(m.Bins))
		for b := range m.Bins { // also those that are too dear otherwise
			takes := m.Takes(b, k)
			if takes == 0 || m.Bins[b].Price == 0 {
				continue
			}
			m.Spend(j.Bin, free, -1)
			try(i, b, j.Counts, m.Bins[b].Price-m.Bins[j.Bin].Price, takes-m.Takes(j.Bin, k))
			m.Spend(j.Bin, free, 1)
			for _, n := range j.Counts {
				if len(j.Counts) > 1 || n.N > 1 {
					try(i, b, []model.Count{{Class: n.Class, N: 1}}, m.Bins[b].Price, takes)
				}
			}
		}
	}
	return out, gain
}

// moved returns s with some pods of one launch of column i on a new one of bin b.
func moved(s model.Solution, i, b int, counts []model.Count) model.Solution {
	out := slices.Clone(s)
	rest := slices.Clone(out[i].Counts)
	for _, n := range counts {
		rest = model.AddCount(rest, n.Class, -n.N)
	}
	if out[i].Times--; len(rest) > 0 {
		out = append(out, model.Column{Bin: out[i].Bin, Times: 1, Counts: rest})
	}
	out = append(out, model.Column{Bin: b, Times: 1, Counts: counts})
	return slices.DeleteFunc(out, func(j model.Column) bool { return j.Times == 0 })
}

// inTurn returns the model with floors: what launches of the incumbent must take of the
// limits that they use up, so that pools of earlier ranks can launch no more. The
// program over columns then knows what the order costs.
func (p *space) inTurn(incumbent model.Solution) *model.Model {
	m := *p.model
	least := make([]int64, len(m.Caps)) // that the cheapest launches of some pool take
	for k := range least {
		least[k] = model.Unlimited
	}
	for c := range m.Classes {
		for _, a := range m.Classes[c].Preferred {
			for k, takes := range m.CheapestTake(nil, a.Bins, m.Caps) {
				least[k] = min(least[k], takes)
			}
		}
	}
	for k, free := range incumbent.Free(&m) {
		if least[k] < model.Unlimited && free < least[k] {
			m.Floors = append(m.Floors, model.Use{Cap: k, Amount: m.Caps[k] - least[k] + 1})
		}
	}
	return &m
}

// unordered returns the model in which all pools have their turn at once.
func (p *space) unordered() *model.Model {
	m := *p.model
	m.Ranks = 1
	m.Bins = slices.Clone(m.Bins)
	for b := range m.Bins {
		m.Bins[b].Rank = 0
	}
	m.Classes = slices.Clone(m.Classes)
	for c := range m.Classes {
		m.Classes[c].Preferred = nil
	}
	return &m
}
