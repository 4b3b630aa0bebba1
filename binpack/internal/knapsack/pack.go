package knapsack

import (
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
)

// doubt: where the bound is higher than what was found by more than this part, there
// may well be better. It is so on small nodes, where little fits together.
const doubt = 0.04

// pack adds what branch and bound finds that is worth more than floor and what was
// found, in so many steps.
func (f *Filler) pack(b int, state *binState, floor float64, found []Filled, steps int) []Filled {
	k := bound.Knapsack{Room: f.m.Bins[b].Capacity}
	var classes []int
	for c, v := range f.value {
		if n := min(f.limit[c], state.most[c]); v > 0 && n > 0 {
			classes = append(classes, c)
			k.Values, k.Counts, k.Requests = append(k.Values, v), append(k.Counts, n), append(k.Requests, f.m.Classes[c].Requests)
		}
	}
	taken := k.Fill(max(int64(floor), found[0].Worth), steps, func(counts []int64, worth int64) {
		filled := Filled{Worth: worth}
		for i, n := range counts {
			if n > 0 {
				filled.Counts = append(filled.Counts, model.Count{Class: classes[i], N: n})
			}
		}
		found = remember(found, filled)
	})
	f.meter.Spend(bound.StepTicks * taken)
	return found
}
