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
	useful := make([]Bin, len(m.Bins))
	order := make([]int, 0, len(m.Bins))
	admitting := make([]int, len(m.Classes)) // of the useful bins, how many admit the class
	for b := range m.Bins {
		useful[b] = m.Clamp(b)
		if useful[b].Admits.Empty() || m.Launches(b, m.Caps, 1) == 0 {
			continue
		}
		order = append(order, b)
		for c := range useful[b].Admits.All() {
			admitting[c]++
		}
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(m.Bins[x].Price, m.Bins[y].Price),
			-slices.Compare(useful[x].Capacity, useful[y].Capacity), cmp.Compare(len(m.Bins[x].Uses), len(m.Bins[y].Uses)), cmp.Compare(x, y))
	})
	rarest := make([]int, len(m.Bins)) // of the classes that the bin admits
	kept := make([]*dominance.Index, len(m.Classes))
	for _, b := range order {
		rarest[b] = rarestOf(&useful[b].Admits, admitting)
		kept[rarest[b]] = &dominance.Index{}
	}
	var out []int
	for _, b := range order { // whatever replaces it admits the rarest class, too
		if kept[rarest[b]].Some(m.Bins[b].Uses, func(a int) bool { return replaces(&useful[a], &useful[b]) }) {
			continue
		}
		out = append(out, b)
		for c := range useful[b].Admits.All() {
			if kept[c] != nil {
				kept[c].Add(b, m.Bins[b].Uses)
			}
		}
	}
	slices.Sort(out)
	return out
}

// rarestOf returns the class, of those that a bin admits, that the fewest bins admit.
func rarestOf(admits *ClassSet, bins []int) int {
	rarest := -1
	for c := range admits.All() {
		if rarest < 0 || bins[c] < bins[rarest] {
			rarest = c
		}
	}
	return rarest
}

// Clamp returns bin b without the classes that do not fit on it, and with
// no more capacity than all pods of the rest ask for.
func (m *Model) Clamp(b int) Bin {
	bin := m.Bins[b]
	most, enough := make([]int64, m.Resources), false
	bin.Admits = m.Bins[b].Admits.Where(len(m.Classes), func(c int) bool {
		if enough = enough || dominance.NoLess(most, bin.Capacity); enough { // more classes ask for no less
			return m.holdsOne(c, b)
		}
		n := m.MostOf(c, b)
		for r, q := range m.Classes[c].Requests {
			most[r] += n * q
		}
		for _, s := range m.Classes[c].Shares {
			most[m.Shares[s].Resource] += m.Shares[s].Amount
		}
		return n > 0
	})
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
		dominance.NoLess(a.Capacity, b.Capacity) && a.Admits.includes(&b.Admits) && dominance.UsesNoMore(a.Uses, b.Uses)
}
