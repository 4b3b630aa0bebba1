package fill

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// node draws items and the capacity of a node that brute force can fill. Finely
// measured requests are too large for their fields or to count each of them in a table.
func node(t *rapid.T) (items []Item, capacity []int64) {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	fine := rapid.SampledFrom([]int64{1, 1, 5, 3001, 1 << 36}).Draw(t, "fine")
	resources := int(small("resources", 1, 4))
	for range resources {
		capacity = append(capacity, small("capacity", 0, 12)*fine+small("more", 0, fine-1))
	}
	value := rapid.SampledFrom([]int64{1, 1, 1000, 1 << 50}).Draw(t, "value unit")
	for range small("items", 1, 5) {
		it := Item{Count: small("count", 0, 3), Value: small("value", 0, 9)*value + small("odd", 0, 1)}
		for range resources {
			it.Requests = append(it.Requests, small("request", 0, 6)*fine+small("more", 0, min(1, fine-1)))
		}
		items = append(items, it)
	}
	return items, capacity
}

// bruteMost returns the most value of items in the room.
func bruteMost(items []Item, room []int64) int64 {
	if len(items) == 0 {
		return 0
	}
	best := int64(0)
	for x := range items[0].Count + 1 {
		rest := make([]int64, len(room))
		for r, c := range room {
			if rest[r] = c - x*items[0].Requests[r]; rest[r] < 0 {
				return best
			}
		}
		best = max(best, x*items[0].Value+bruteMost(items[1:], rest))
	}
	return best
}

// TestSearchesBoundTheBest: both searches find the best filling when they have the
// steps, and are above it in any case.
func TestSearchesBoundTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, capacity := node(t)
		best := bruteMost(items, capacity)
		k := New(items, capacity)
		if rapid.Bool().Draw(t, "merged") {
			k = NewMerged(items, capacity)
		}
		long := k.Most(1_000_000)
		require.LessOrEqual(t, long.Found, best)
		require.GreaterOrEqual(t, long.Bound, best)
		require.True(t, long.Exact(), "%v", long)

		m := k.Most(rapid.IntRange(0, 20).Draw(t, "few"))
		require.LessOrEqual(t, m.Found, best)
		require.GreaterOrEqual(t, m.Bound, best)

		if len(k.items) < 2 || len(k.room) == 0 {
			return // all of them fit, for the first search to see
		}
		m = Most{0, worth(k.items), 0}
		floor := int64(0)
		if rapid.Bool().Draw(t, "floor") {
			floor = rapid.Int64Range(0, best+best/4).Draw(t, "floor at")
		}
		steps := rapid.SampledFrom([]int{1, 10, 100, 1_000_000}).Draw(t, "steps")
		k.Search(&m, floor, steps, &Lists{})
		require.LessOrEqual(t, m.Found, best)
		require.GreaterOrEqual(t, m.Bound, best)
		if steps == 1_000_000 && !coarse(k) {
			require.LessOrEqual(t, m.Bound, max(best, floor))
		}
	})
}

// coarse reports whether the search cannot tell all fillings of the node apart.
func coarse(k *Knapsack) bool {
	items, budget, multipliers := k.weighed()
	l := newLagrangian(items, k.room, multipliers, budget)
	if l == nil {
		return true
	}
	_, packs := (&filling{lagrangian: l}).pack(k.room)
	return !packs
}

// TestFillingsAreThere: what is seen fits, is worth what is said and more than the
// floor and what was seen before, and with the steps the last is the best. Where sizes are
// fine it may not be: branch and bound computes in floating point, and takes pods that
// overrun the node by a billionth of its room for a filling.
func TestFillingsAreThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, capacity := node(t)
		best := bruteMost(items, capacity)
		floor := rapid.Int64Range(0, best+1).Draw(t, "floor")
		last := floor
		see := func(counts []int64, worth int64) {
			require.Greater(t, worth, last)
			last = worth
			room := slices.Clone(capacity)
			for i, n := range counts {
				require.LessOrEqual(t, n, items[i].Count)
				worth -= n * items[i].Value
				for r, q := range items[i].Requests {
					room[r] -= n * q
					require.GreaterOrEqual(t, room[r], int64(0))
				}
			}
			require.Zero(t, worth)
		}
		k := New(items, capacity)
		if rapid.Bool().Draw(t, "depth first") {
			k.FillDepthFirst(floor, rapid.SampledFrom([]int{1, 1000}).Draw(t, "first"), 1_000_000, see)
		} else {
			k.Fill(floor, 1_000_000, see)
		}
		if slices.Max(capacity) < 1<<30 {
			require.GreaterOrEqual(t, last+last>>nearly, max(best, floor))
		}
	})
}
