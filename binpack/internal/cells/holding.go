package cells

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Holding returns the split that has the pods where a solution of the unsplit model has them;
// nil: some pods must share nodes. Pods that the solution leaves are asked for where
// the others of their class are cheapest.
func Holding(m *model.Model, sol model.Solution) *Split {
	if slices.ContainsFunc(m.Rules, func(r model.Rule) bool { return r.Kind == model.Together }) {
		return nil
	}
	s, st := &Split{unsplit: m, bundles: []placedBundles{}}, newState(m)
	for c := range m.Classes {
		u := bundle{counts: []model.Count{{Class: c, N: 1}}, n: m.Classes[c].Count}
		cells, _ := st.cellsOf(&u, nil)
		in := make([]int64, len(cells))
		for _, j := range sol {
			at := slices.IndexFunc(cells, func(c *cell) bool { return slices.Contains(c.bins, j.Bin) })
			for _, n := range j.Counts {
				if n.Class == c && at >= 0 {
					in[at] += n.N * j.Times
				}
			}
		}
		for i, n := range in {
			if n > 0 {
				s.bundles = append(s.bundles, placedBundles{u, cells[i], n})
			}
		}
	}
	s.build(context.Background()) // it is small
	return s
}

// Hold returns the solution that s holds, of the unsplit model, as one of s.
func (s *Split) Hold(sol model.Solution) model.Solution {
	var out model.Solution
	for _, j := range sol {
		one := model.Column{Bin: j.Bin, Times: j.Times}
		for _, n := range j.Counts {
			at := slices.IndexFunc(s.bundles, func(p placedBundles) bool {
				return p.bundle.counts[0].Class == n.Class && slices.Contains(p.cell.bins, j.Bin)
			})
			one.Counts = model.AddCount(one.Counts, at, n.N)
		}
		out = append(out, one)
	}
	return out
}
