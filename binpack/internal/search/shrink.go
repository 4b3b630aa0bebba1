package search

import "github.com/stowage/stowage/binpack/internal/model"

// Shrink moves each column of s to the cheapest of the bins that holds it, as
// far as the free caps allow. It takes what changes out of free. With several
// ranks only what uses no cap is moved, within its rank: a cap that has room
// again would be one that an earlier rank must use first.
func Shrink(m *model.Model, bins []int, s model.Solution, free []int64) model.Solution {
	for i := range s {
		j := &s[i]
		best := j.Bin
		if m.Ranks > 1 && len(m.Bins[best].Uses) > 0 {
			continue
		}
		for _, b := range bins {
			if m.Bins[b].Rank != m.Bins[j.Bin].Rank {
				continue
			}
			if m.Bins[b].Price < m.Bins[best].Price && m.Launches(b, free, j.Times) == j.Times && fits(m, b, j.Counts) {
				best = b
			}
		}
		if best == j.Bin {
			continue
		}
		m.Spend(j.Bin, free, -j.Times)
		m.Spend(best, free, j.Times)
		j.Bin = best
	}
	return s
}

// fits reports whether bin b holds what another bin does.
func fits(m *model.Model, b int, counts []model.Count) bool {
	if len(m.Bins[b].Residents) > 0 || len(m.Shares) > 0 {
		return m.Fits(b, counts)
	}
	for _, n := range counts {
		if !m.Bins[b].Admits.Has(n.Class) {
			return false
		}
	}
	for r, room := range m.Bins[b].Capacity {
		if room == model.Unlimited {
			continue
		}
		for _, n := range counts {
			room -= n.N * m.Classes[n.Class].Requests[r]
		}
		if room < 0 {
			return false
		}
	}
	return true
}
