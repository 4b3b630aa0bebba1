package fill

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// TestItemsApart: the most value of items, where some keep apart, is that of the best filling without two of
// these, when the search has the steps, and no less in any case.
func TestItemsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, capacity := node(t)
		for i := range items {
			items[i].Number = i + 7
			for n := range i {
				if rapid.IntRange(0, 2).Draw(t, "apart") == 0 {
					items[i].Excludes, items[n].Excludes = append(items[i].Excludes, n+7), append(items[n].Excludes, i+7)
				}
			}
		}
		best := bruteApart(items, capacity)
		k := NewMerged(items, capacity)
		m := k.Most(rapid.SampledFrom([]int{0, 10, 1_000_000}).Draw(t, "steps"))
		require.LessOrEqual(t, m.Found, best)
		require.GreaterOrEqual(t, m.Bound, best)

		floor := rapid.Int64Range(0, best+best/4).Draw(t, "floor")
		k.Search(&m, floor, rapid.SampledFrom([]int{1, 1000, 10_000_000}).Draw(t, "deep steps"), &Lists{})
		require.LessOrEqual(t, m.Found, best)
		require.GreaterOrEqual(t, m.Bound, best)

		if k.all == nil {
			return
		}
		m = Most{Bound: math.MaxInt64}
		k.Search(&m, 0, 10_000_000, &Lists{})
		require.LessOrEqual(t, m.Bound, best+best>>nearly, "all alternatives, each to its end")
	})
}

// bruteApart is bruteMost of the sets of items in which no two keep apart.
func bruteApart(items []Item, room []int64) (best int64) {
	for set := range 1 << len(items) {
		var some []Item
		clash := false
		for i, it := range items {
			if set>>i&1 != 0 {
				some = append(some, it)
				clash = clash || slices.ContainsFunc(it.Excludes, func(n int) bool { return set>>(n-7)&1 != 0 })
			}
		}
		if !clash {
			best = max(best, bruteMost(some, room))
		}
	}
	return best
}
