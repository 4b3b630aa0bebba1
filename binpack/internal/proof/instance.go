package proof

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// instance returns the model as package bound sees it, with the pods of each level
// that may be left out.
func instance(m *model.Model, bins []int, left []int64, without technique.Set) *bound.Instance {
	in := &bound.Instance{Left: left, Caps: m.Caps}
	shares, excludes := shareRows(m), make([][]int, len(m.Classes))
	if without.Uses(technique.Exclusions) {
		excludes = m.Excludes()
	}
	for c, class := range m.Classes {
		kind := bound.Kind{Count: class.Count, Level: class.Level, Requests: class.Requests, Number: c, Excludes: excludes[c]}
		for _, row := range shares {
			kind.Requests = append(slices.Clip(kind.Requests), row.requestOf(m, c))
		}
		if most := m.PerNode(c); most != model.Unlimited {
			kind.PerNode = most
		}
		in.Kinds = append(in.Kinds, kind)
	}
	for _, b := range bins {
		bin := &m.Bins[b]
		node := bound.Node{Price: bin.Price, Capacity: bin.Capacity, Admits: bin.Admits.Bools(len(m.Classes)), Limit: bound.Unlimited, Rank: int64(bin.Rank)}
		for _, row := range shares {
			node.Capacity = append(slices.Clip(node.Capacity), row.roomOn(m, b))
		}
		for _, u := range bin.Uses {
			node.Uses = append(node.Uses, bound.Use(u))
		}
		in.Nodes = append(in.Nodes, node)
	}
	in.Precedences = precedences(m)
	return in
}

// A shareRow is a resource as pods with the same shares see it: with one of them on a node
// their shares are taken, and what is left is for them all.
type shareRow struct {
	class    int // the first that has the shares
	resource int
}

// shareRows returns the rows of a model in which some classes ask for a resource beside what
// they share of it.
func shareRows(m *model.Model) []shareRow {
	var out []shareRow
	for c := range m.Classes {
		for _, share := range m.Classes[c].Shares {
			row := shareRow{c, m.Shares[share].Resource}
			known := slices.ContainsFunc(out, func(o shareRow) bool {
				return o.resource == row.resource && slices.Equal(m.Classes[o.class].Shares, m.Classes[c].Shares)
			})
			if !known && m.Classes[c].Requests[row.resource] > 0 {
				out = append(out, row)
			}
		}
	}
	return out
}

func (s shareRow) requestOf(m *model.Model, c int) int64 {
	if !slices.Equal(m.Classes[c].Shares, m.Classes[s.class].Shares) {
		return 0
	}
	return m.Classes[c].Requests[s.resource]
}

func (s shareRow) roomOn(m *model.Model, b int) int64 {
	room, ok := m.RoomFor(s.class, b)
	if !ok {
		return 0
	}
	return room[s.resource]
}

// precedences returns the pools of the model that come before others, as package bound sees
// them: one for each pool that is ahead of some class, the heaviest first.
func precedences(m *model.Model) []bound.Precedence {
	var out []bound.Precedence
	of := map[int]int{} // pool → its precedence
	var ahead []model.PreferredPool
	for c := range m.Classes {
		ahead = append(ahead, m.Classes[c].Preferred...)
	}
	slices.SortStableFunc(ahead, func(a, b model.PreferredPool) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Pool, b.Pool))
	})
	for _, a := range ahead {
		if _, known := of[a.Pool]; known {
			continue
		}
		of[a.Pool] = len(out)
		out = append(out, bound.Precedence{Rank: int64(a.Rank), Next: make([][]bound.Use, len(m.Classes))})
	}
	for c := range m.Classes {
		for _, a := range m.Classes[c].Preferred {
			out[of[a.Pool]].Next[c] = nextLaunch(m, a.Bins)
		}
	}
	return out
}

// nextLaunch returns what one launch of the cheapest of these bins takes: of bins at one
// price of the one that the fewest limits count, as none of them may be launched.
func nextLaunch(m *model.Model, bins []int) []bound.Use {
	out := []bound.Use(nil)
	for i, b := range bins {
		if m.Bins[b].Price > m.Bins[bins[0]].Price {
			break
		}
		uses := make([]bound.Use, 0, len(m.Bins[b].Uses))
		for _, u := range m.Bins[b].Uses {
			uses = append(uses, bound.Use(u))
		}
		if i == 0 || dominance.CompareUses(uses, out) < 0 {
			out = uses
		}
	}
	return out
}
