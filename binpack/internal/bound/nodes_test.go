package bound

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// node draws kinds and a node that brute force can fill. Finely measured
// requests are too large for their fields or to count each of them in a table.
func node(t *rapid.T) ([]Kind, *Node) {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	fine := rapid.SampledFrom([]int64{1, 1, 5, 3001, 1 << 36}).Draw(t, "fine")
	n := &Node{Price: 1, Limit: Unlimited}
	resources := int(small("resources", 1, 4))
	for range resources {
		n.Capacity = append(n.Capacity, small("capacity", 0, 12)*fine+small("more", 0, fine-1))
	}
	value := rapid.SampledFrom([]int64{1, 1, 1000, 1 << 50}).Draw(t, "value unit")
	var kinds []Kind
	for range small("kinds", 1, 5) {
		k := Kind{Count: small("count", 0, 3), value: small("value", 0, 9)*value + small("odd", 0, 1), PerNode: small("per node", 0, 2)}
		for range resources {
			k.Requests = append(k.Requests, small("request", 0, 6)*fine+small("more", 0, min(1, fine-1)))
		}
		kinds = append(kinds, k)
		n.Admits = append(n.Admits, rapid.IntRange(0, 4).Draw(t, "admits") > 0)
	}
	return kinds, n
}

// bruteMost returns the most value of kinds from k on in the room.
func bruteMost(kinds []Kind, n *Node, k int, room []int64) int64 {
	if k == len(kinds) {
		return 0
	}
	best := int64(0)
	for x := int64(0); x <= kinds[k].most() && (x == 0 || n.Admits[k]); x++ {
		rest := make([]int64, len(room))
		for r, c := range room {
			if rest[r] = c - x*kinds[k].Requests[r]; rest[r] < 0 {
				return best
			}
		}
		best = max(best, x*kinds[k].value+bruteMost(kinds, n, k+1, rest))
	}
	return best
}

// TestSearchesBoundTheBest: both searches find the best filling when they have the
// steps, and are above it in any case.
func TestSearchesBoundTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds, n := node(t)
		best := bruteMost(kinds, n, 0, n.Capacity)
		long := fill(kinds, n, 1_000_000)
		require.LessOrEqual(t, long.found, best)
		require.GreaterOrEqual(t, long.bound, best)
		require.True(t, long.exact(), "%v", long)

		h := &holding{node: n, most: fill(kinds, n, rapid.IntRange(0, 20).Draw(t, "few"))}
		require.LessOrEqual(t, h.found, best)
		require.GreaterOrEqual(t, h.bound, best)

		items, room := itemsOf(kinds, n)
		if len(items) < 2 || len(room) == 0 {
			return // all of them fit, for the first search to see
		}
		h.most = most{0, worth(items), 0}
		floor := int64(0)
		if rapid.Bool().Draw(t, "floor") {
			floor = rapid.Int64Range(0, best+best/4).Draw(t, "floor at")
		}
		steps := rapid.SampledFrom([]int{1, 10, 100, 1_000_000}).Draw(t, "steps")
		h.search(kinds, floor, steps, &lists{})
		require.LessOrEqual(t, h.found, best)
		require.GreaterOrEqual(t, h.bound, best)
		if steps == 1_000_000 && !coarse(kinds, n) {
			require.LessOrEqual(t, h.bound, max(best, floor))
		}
	})
}

// coarse reports whether the search cannot tell all fillings of the node apart.
func coarse(kinds []Kind, n *Node) bool {
	items, room := itemsOf(kinds, n)
	budget, multipliers := weigh(items, room)
	l := newLagrangian(items, room, multipliers, budget)
	if l == nil {
		return true
	}
	_, packs := (&filling{lagrangian: l}).pack(room)
	return !packs
}
