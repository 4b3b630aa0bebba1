package model

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/dominance"
)

// Prune returns the bins that are worth launching: not those that hold nothing
// or that a cap forbids, nor those that another bin replaces at no greater price. A bin
// replaces another when it admits every class that the other admits and holds
// whatever the other can be filled with, and takes no more of any cap. This
// assumes that pods can be left off a node without breaking a rule, as is so
// for every rule that the model has.
func (m *Model) Prune() []int {
	useful, first := make([]Bin, len(m.Bins)), make([]int, len(m.Bins)) // and the first class that each admits
	order := make([]int, 0, len(m.Bins))
	for b := range m.Bins {
		useful[b] = m.Clamp(b)
		if first[b] = slices.Index(useful[b].Admits, true); first[b] >= 0 && m.Launches(b, m.Caps, 1) > 0 {
			order = append(order, b)
		}
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(m.Bins[x].Price, m.Bins[y].Price),
			-slices.Compare(useful[x].Capacity, useful[y].Capacity), cmp.Compare(len(m.Bins[x].Uses), len(m.Bins[y].Uses)), cmp.Compare(x, y))
	})
	var kept []int
	var index dominance.Index
	for _, b := range order {
		if !index.Some(m.Bins[b].Uses, func(a int) bool {
			return useful[a].Admits[first[b]] && replaces(&useful[a], &useful[b])
		}) {
			kept = append(kept, b)
			index.Add(b, m.Bins[b].Uses)
		}
	}
	slices.Sort(kept)
	return kept
}

// Clamp returns bin b without the classes that do not fit on it, and with
// no more capacity than all pods of the rest ask for.
func (m *Model) Clamp(b int) Bin {
	bin := m.Bins[b]
	bin.Admits = make([]bool, len(m.Classes))
	most := make([]int64, m.Resources)
	for c := range m.Classes {
		if !m.Bins[b].Admits[c] {
			continue
		}
		n := m.MostOf(c, b)
		bin.Admits[c] = n > 0
		for r, q := range m.Classes[c].Requests {
			most[r] += n * q
		}
		for _, s := range m.Classes[c].Shares {
			most[m.Shares[s].Resource] += m.Shares[s].Amount
		}
	}
	capacity := slices.Clone(bin.Capacity)
	for r := range capacity {
		capacity[r] = min(capacity[r], most[r])
	}
	bin.Capacity = capacity
	return bin
}

// replaces reports whether a may be launched wherever b is.
func replaces(a, b *Bin) bool {
	return a.Price <= b.Price && a.Rank <= b.Rank && len(a.Residents) == 0 && len(b.Held) == 0 &&
		dominance.NoLess(a.Capacity, b.Capacity) && dominance.AdmitsAll(a.Admits, b.Admits) && dominance.UsesNoMore(a.Uses, b.Uses)
}
