package knapsack

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/model"
)

// doubt: where the bound is higher than what was found by more than this part, there
// may well be better. It is so on small nodes, where little fits together.
const doubt = 0.04

// pack adds fillings from branch and bound that are worth more than floor and than those
// found, in at most steps steps.
func (f *Filler) pack(b int, state *binState, floor float64, found []Filled, steps int) []Filled {
	var classes []int
	for c, v := range f.value {
		if v > 0 && min(f.limit[c], state.most[c]) > 0 {
			classes = append(classes, c)
		}
	}
	slices.SortStableFunc(classes, func(a, b int) int { return cmp.Compare(f.value[b], f.value[a]) })
	items := make([]fill.Item, len(classes))
	for i, c := range classes {
		items[i] = fill.Item{Value: f.value[c], Count: min(f.limit[c], state.most[c]), Requests: f.m.Classes[c].Requests}
	}
	k := fill.New(items, f.m.Bins[b].Capacity)
	taken := k.Fill(max(int64(floor), found[0].Worth), steps, func(counts []int64, worth int64) {
		filled := Filled{Worth: worth}
		for i, n := range counts {
			if n > 0 {
				filled.Counts = append(filled.Counts, model.Count{Class: classes[i], N: n})
			}
		}
		if !state.allInSubsets {
			filled = f.allowed(b, filled.Counts)
		}
		slices.SortFunc(filled.Counts, func(a, b model.Count) int { return cmp.Compare(a.Class, b.Class) })
		found = remember(found, filled)
	})
	f.meter.Spend(fill.StepTicks * taken)
	return found
}

// allowed returns of a filling as many pods, the most valuable classes first, as the rules about the pods of a node
// allow.
func (f *Filler) allowed(b int, counts []model.Count) Filled {
	var filled Filled
	f.node.Empty(b)
	for _, n := range counts {
		if n.N = f.node.Fit(n.Class, n.N); n.N > 0 {
			f.node.Take(n.Class, n.N)
			filled.Counts = append(filled.Counts, n)
			filled.Worth += n.N * f.value[n.Class]
		}
	}
	return filled
}
