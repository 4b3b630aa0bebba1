package model

import "slices"

// Excludes returns, for each class, those that no node holds beside it, by the groups that either owns.
func (m *Model) Excludes() [][]int {
	out := make([][]int, len(m.Classes))
	members := make([][]int, len(m.Groups))
	for c := range m.Classes {
		for _, g := range m.Classes[c].In {
			members[g] = append(members[g], c)
		}
	}
	for c := range m.Classes {
		for _, g := range m.Classes[c].Owns {
			own := m.Classes[c].times(g)
			for _, o := range members[g] {
				if o != c && own+m.Classes[o].times(g) > m.Groups[g].Most {
					out[c], out[o] = append(out[c], o), append(out[o], c)
				}
			}
		}
	}
	for c := range out {
		slices.Sort(out[c])
		out[c] = slices.Compact(out[c])
	}
	return out
}
