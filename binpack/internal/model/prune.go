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
	admitted := make([][]int, len(m.Bins))   // of each useful bin, the classes
	admitting := make([]int, len(m.Classes)) // of the useful bins, how many admit the class
	for b := range m.Bins {
		useful[b], admitted[b] = m.clamp(b)
		if len(admitted[b]) == 0 || m.Launches(b, m.Caps, 1) == 0 {
			continue
		}
		order = append(order, b)
		for _, c := range admitted[b] {
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
		rarest[b] = rarestOf(admitted[b], admitting)
		kept[rarest[b]] = &dominance.Index{}
	}
	var out []int
	for _, b := range order { // whatever replaces it admits the rarest class, too
		if kept[rarest[b]].Some(m.Bins[b].Uses, func(a int) bool { return replaces(&useful[a], &useful[b], admitted[b]) }) {
			continue
		}
		out = append(out, b)
		for _, c := range admitted[b] {
			if kept[c] != nil {
				kept[c].Add(b, m.Bins[b].Uses)
			}
		}
	}
	slices.Sort(out)
	return out
}

// rarestOf returns the class, of some, that the fewest bins admit.
func rarestOf(classes, bins []int) int {
	rarest := -1
	for _, c := range classes {
		if rarest < 0 || bins[c] < bins[rarest] {
			rarest = c
		}
	}
	return rarest
}

// Clamp returns bin b without the classes that do not fit on it, and with
// no more capacity than all pods of the rest ask for.
func (m *Model) Clamp(b int) Bin {
	bin, _ := m.clamp(b)
	return bin
}

// clamp returns also the classes that the bin then admits.
func (m *Model) clamp(b int) (bin Bin, admitted []int) {
	bin = m.Bins[b]
	most := make([]int64, m.Resources)
	less := false
	for c, is := range m.Bins[b].Admits {
		if !is {
			continue
		}
		n := m.MostOf(c, b)
		if n > 0 {
			admitted = append(admitted, c)
		}
		less = less || n == 0
		for r, q := range m.Classes[c].Requests {
			most[r] += n * q
		}
		for _, s := range m.Classes[c].Shares {
			most[m.Shares[s].Resource] += m.Shares[s].Amount
		}
	}
	if less {
		bin.Admits = make([]bool, len(m.Classes))
		for _, c := range admitted {
			bin.Admits[c] = true
		}
	}
	capacity := slices.Clone(bin.Capacity)
	for r := range capacity {
		capacity[r] = min(capacity[r], most[r])
	}
	bin.Capacity = capacity
	return bin, admitted
}

// replaces reports whether a may be launched wherever b is, which admits these classes.
func replaces(a, b *Bin, admitted []int) bool {
	return a.Price <= b.Price && a.Rank <= b.Rank && len(a.Residents) == 0 && len(b.Held) == 0 &&
		dominance.NoLess(a.Capacity, b.Capacity) && dominance.UsesNoMore(a.Uses, b.Uses) &&
		!slices.ContainsFunc(admitted, func(c int) bool { return !a.Admits[c] })
}
