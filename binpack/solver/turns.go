package solver

import (
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
)

// turns returns the pools of the model that come before others, as package bound sees
// them: one for each pool that is ahead of some class. bins are the nodes.
func turns(m *model.Model, bins []int) []bound.Turn {
	var out []bound.Turn
	of := map[int]int{} // pool → its turn
	for c := range m.Classes {
		for _, a := range m.Classes[c].Ahead {
			i, known := of[a.Pool]
			if !known {
				i = len(out)
				of[a.Pool] = i
				t := bound.Turn{Opening: make([][]bound.Use, len(m.Classes))}
				for _, b := range bins {
					t.Later = append(t.Later, m.Bins[b].Stage > a.Stage)
				}
				out = append(out, t)
			}
			out[i].Opening[c] = firstLaunch(m, a.Bins)
		}
	}
	return out
}

// firstLaunch returns what one launch of the cheapest of these bins takes: of bins at one
// price of the one that the fewest limits count, as none of them may be launched.
func firstLaunch(m *model.Model, bins []int) []bound.Use {
	out := []bound.Use(nil)
	for i, b := range bins {
		if m.Bins[b].Price > m.Bins[bins[0]].Price {
			break
		}
		uses := make([]bound.Use, 0, len(m.Bins[b].Uses))
		for _, u := range m.Bins[b].Uses {
			uses = append(uses, bound.Use(u))
		}
		if i == 0 || bound.CompareUses(uses, out) < 0 {
			out = uses
		}
	}
	return out
}
