package cells

import (
	"cmp"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
)

// An ahead is how many bundles of a cell the pools hold that come before others: those of
// this rank, and all of earlier ones. No bundle may be in another pool, so in no cell
// without these, while they have room.
type ahead struct {
	rank int
	most int64
}

// turn returns the rank whose pools a cell with n bundles fills, and how many more they
// hold; last: no pool comes before others.
func (c *cell) turn(n int64, last int) (rank int, room int64) {
	for _, a := range c.ahead {
		if n < a.most {
			return a.rank, a.most - n
		}
	}
	return last, math.MaxInt64
}

// aheadIn returns how many bundles the pools that come before others hold in a cell.
func aheadIn(st *state, u *bundle, c *cell) []ahead {
	if st.m.Ranks <= 1 {
		return nil
	}
	var pools []model.PreferredPool
	for _, n := range u.counts {
		pools = append(pools, st.m.Classes[n.Class].Preferred...)
	}
	slices.SortStableFunc(pools, func(a, b model.PreferredPool) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Pool, b.Pool))
	})
	pools = slices.CompactFunc(pools, func(a, b model.PreferredPool) bool { return a.Pool == b.Pool })
	var out []ahead
	sum := int64(0)
	for _, p := range pools {
		if n := roomOf(st, u, p.Bins, c); n > 0 {
			sum = arith.Add(sum, n)
			out = append(out, ahead{p.Rank, sum})
		}
	}
	return out
}

// roomOf returns how many bundles those of a pool's bins hold at most that are in a cell:
// what all their launches together do, and no more than what one limit of all of them allows.
func roomOf(st *state, u *bundle, bins []int, c *cell) int64 {
	sum, byCap, users, in := int64(0), map[int]int64{}, map[int]int{}, 0
	for _, b := range bins {
		n := st.fits(u, b)
		if _, here := slices.BinarySearch(c.bins, b); n == 0 || !here {
			continue
		}
		in++
		sum = arith.Add(sum, st.room(b, n))
		for _, use := range st.m.Bins[b].Uses {
			if use.Amount > 0 {
				users[use.Cap]++
				byCap[use.Cap] = max(byCap[use.Cap], arith.Mul(st.m.Caps[use.Cap]/use.Amount, n))
			}
		}
	}
	for k, n := range byCap {
		if users[k] == in {
			sum = min(sum, n)
		}
	}
	return sum
}
