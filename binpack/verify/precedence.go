package verify

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// precedenceOf returns which pools come before others for which kinds, and what
// the launch takes of the caps that decides whether they do: that of the cheapest
// of the pool's templates that hold a pod of the kind alone. The heaviest pools are first.
func precedenceOf(ctx context.Context, p *reading.Problem, kinds []valuedKind, templates []*reading.NodeTemplate, uses [][]bound.Use) ([]bound.Precedence, error) {
	choosy := func(pool *reading.Pool) bool { return len(pool.Spec.MinValues) > 0 }
	if slices.ContainsFunc(p.Supply.Pools, choosy) {
		return nil, nil // such a pool may be unable to launch for other reasons
	}
	var out []bound.Precedence
	pools := slices.Clone(p.Supply.Pools)
	slices.SortStableFunc(pools, func(a, b *reading.Pool) int { return cmp.Compare(b.Spec.Weight, a.Spec.Weight) })
	ofPool, least := make([][]int, len(pools)), int32(math.MaxInt32) // templates, by number of the pool
	for b, t := range templates {
		if !t.Exists() {
			ofPool[t.Pool.Number] = append(ofPool[t.Pool.Number], b)
			least = min(least, t.Pool.Spec.Weight)
		}
	}
	for _, pool := range pools {
		if pool.Spec.Weight <= least {
			break // no template comes later
		}
		launches := make([][]bound.Use, len(kinds))
		for k, valued := range kinds {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if valued.kind.Withheld == nil {
				launches[k] = cheapestLaunch(valued.kind, ofPool[pool.Number], templates, uses)
			}
		}
		out = append(out, bound.Precedence{Rank: rankOf(pool), Next: launches})
	}
	return out, nil
}

// rankOf returns the rank of a pool: pools of lower weight come later.
func rankOf(pool *reading.Pool) int64 { return -int64(pool.Spec.Weight) }

// cheapestLaunch returns what the launch takes that a pool would make for a pod
// of the kind, or nil: none of its templates, which have these numbers, holds one.
func cheapestLaunch(kind *reading.Kind, ofPool []int, templates []*reading.NodeTemplate, uses [][]bound.Use) []bound.Use {
	var out []bound.Use
	var price int64
	alone := []reading.Load{{Kind: kind, Count: 1}}
	for _, b := range ofPool {
		t := templates[b]
		if !t.Holds(alone) {
			continue
		}
		taken := slices.DeleteFunc(slices.Clone(uses[b]), func(u bound.Use) bool { return u.Amount == 0 })
		if out == nil || int64(t.Price) < price || int64(t.Price) == price && dominance.CompareUses(taken, out) < 0 {
			out, price = append([]bound.Use{}, taken...), int64(t.Price)
		}
	}
	return out
}
