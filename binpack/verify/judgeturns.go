package verify

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
)

// turns fills in which pools come before others for which kinds, and what the launch
// takes of the limits that decides whether it is their turn: that of the cheapest of
// the pool's sites that hold a pod of the kind alone.
func (in *judgedInstance) turns() {
	choice := func(p judgedPool) bool { return len(p.MinValues) > 0 }
	if slices.ContainsFunc(in.judge.pools, choice) {
		return // such a pool may be unable to launch for other reasons
	}
	for p := range in.judge.pools {
		pool := &in.judge.pools[p]
		t := bound.Turn{Opening: make([][]bound.Use, len(in.kinds))}
		last := true
		for _, s := range in.sites {
			later := s.pool != noPool && in.judge.pools[s.pool].Weight < pool.Weight
			t.Later = append(t.Later, later)
			last = last && !later
		}
		if last {
			continue
		}
		for k, kind := range in.kinds {
			if kind.withheld == nil {
				t.Opening[k] = in.opening(kind.judgedKind, p)
			}
		}
		in.Turns = append(in.Turns, t)
	}
}

// opening returns what the launch takes that pool p would make for a pod of the kind,
// or nil: none of its sites holds one.
func (in *judgedInstance) opening(kind *judgedKind, p int) []bound.Use {
	var out []bound.Use
	var price int64
	alone := []judgedLoad{{kind: kind, count: 1}}
	for i, s := range in.sites {
		if s.pool != p || !in.judge.holds(s.site, alone) {
			continue
		}
		uses := slices.DeleteFunc(slices.Clone(in.Nodes[i].Uses), func(u bound.Use) bool { return u.Amount == 0 })
		if out == nil || int64(s.price) < price || int64(s.price) == price && bound.CompareUses(uses, out) < 0 {
			out, price = append([]bound.Use{}, uses...), int64(s.price)
		}
	}
	return out
}
