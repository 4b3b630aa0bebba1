package bound

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFewestOfPodsWithNodesEnough: one node has the device that two pods ask for, and may
// hold a third pod, for which there are others. One pod is left, whether the launches of
// the others are told apart or not.
func TestFewestOfPodsWithNodesEnough(t *testing.T) {
	in := &Instance{
		Kinds: []Kind{{Count: 1, Values: []int64{1}, Requests: []int64{1, 0}}, {Count: 2, Values: []int64{1}, Requests: []int64{2, 1}}},
		Nodes: []Node{{Price: 2, Capacity: []int64{3, 1}, Admits: []bool{true, true}, Limit: 1}},
	}
	for _, limits := range [][]int64{{3}, {1, 2}, {1}} {
		other := *in
		for i, limit := range limits {
			other.Nodes = append(other.Nodes[:len(other.Nodes):len(other.Nodes)], Node{Price: int64(i), Capacity: []int64{1, 0}, Admits: []bool{true, false}, Limit: limit})
		}
		for left, want := range map[int64]bool{1: true, 2: false} {
			other.Left = []int64{left}
			fewest, err := Fewest(context.Background(), &other, nil)
			require.NoError(t, err)
			require.Equal(t, want, fewest, "limits %v, %d left", limits, left)
		}
	}
}

// TestFewestOfLaunchesThatShareACap: three pods go on a node each, and a cap allows two launches
// in all, though each kind of node could be launched often enough beside the other.
func TestFewestOfLaunchesThatShareACap(t *testing.T) {
	node := func(price, limit int64) Node {
		return Node{Price: price, Capacity: []int64{8}, Admits: []bool{true, true}, Limit: limit, Uses: []Use{{Cap: 0, Amount: 2}}}
	}
	in := &Instance{
		Kinds: []Kind{{Count: 3, Values: []int64{1}, Requests: []int64{1}, PerNode: 1}, {Count: 1, Values: []int64{1}, Requests: []int64{1}}},
		Nodes: []Node{node(1, 2), node(6, 1)}, Caps: []int64{5},
	}
	for left, want := range map[int64]bool{1: true, 2: false} {
		in.Left = []int64{left}
		fewest, err := Fewest(context.Background(), in, nil)
		require.NoError(t, err)
		require.Equal(t, want, fewest, "%d left", left)
	}
}

// TestFewestOfKindsAlike: of fifteen pods, one to a node, and one that asks for nothing, two
// nodes hold three; though a certificate tells one of the fifteen from the others.
func TestFewestOfKindsAlike(t *testing.T) {
	in := &Instance{
		Kinds: []Kind{{Count: 1, Values: []int64{1}, Requests: []int64{3}}, {Count: 14, Values: []int64{2}, Requests: []int64{3}}, {Count: 1, Values: []int64{1}, Requests: []int64{0}}},
		Nodes: []Node{{Price: 1, Capacity: []int64{4}, Admits: []bool{true, true, true}, Limit: 2}},
	}
	for left, want := range map[int64]bool{13: true, 14: false} {
		in.Left = []int64{left}
		fewest, err := Fewest(context.Background(), in, nil)
		require.NoError(t, err)
		require.Equal(t, want, fewest, "%d left", left)
	}
}

// TestFewestOfKindsToldApart: pods go on a node each, and there are fewer such nodes than pods; one other
// pod has nodes of its own. How many are left does not depend on what tells the pods apart: what they
// exclude, or whether a limit or a resource keeps them on a node each.
func TestFewestOfKindsToldApart(t *testing.T) {
	alone := func(count, perNode int64) Kind { return Kind{Count: count, Requests: []int64{1, 1}, PerNode: perNode} }
	for _, c := range []struct {
		name  string
		kinds []Kind // four pods
		nodes int64
		room  int64 // of a node
	}{
		{"one kind", []Kind{alone(4, 1)}, 1, 4},
		{"one of a kind", []Kind{alone(1, 1), alone(3, 1)}, 1, 4},
		{"two kinds", []Kind{alone(2, 1), alone(2, 1)}, 1, 4},
		{"all", slices.Repeat([]Kind{alone(1, 1)}, 4), 3, 4},
		{"a resource", []Kind{alone(4, 0)}, 3, 1},
		{"a limit or a resource", []Kind{alone(2, 1), alone(2, 0)}, 3, 1},
		{"a limit too wide", []Kind{alone(2, 3), alone(2, 0)}, 3, 1},
	} {
		in := &Instance{Kinds: append(slices.Clone(c.kinds), Kind{Count: 1, Requests: []int64{1, 0}})}
		for k := range in.Kinds {
			in.Kinds[k].Number = k
			for o := range c.kinds {
				if k != o && k < len(c.kinds) {
					in.Kinds[k].Excludes = append(in.Kinds[k].Excludes, o)
				}
			}
		}
		other := make([]bool, len(in.Kinds))
		other[len(c.kinds)] = true
		in.Nodes = []Node{
			{Price: 1, Capacity: []int64{4, c.room}, Admits: slices.Repeat([]bool{true}, len(in.Kinds)), Limit: c.nodes},
			{Price: 1, Capacity: []int64{1, 0}, Admits: other, Limit: Unlimited},
		}
		least := 4 - c.nodes // one to a node
		for left, want := range map[int64]bool{least: true, least + 1: false} {
			in.Left = []int64{left}
			fewest, err := Fewest(context.Background(), in, nil)
			require.NoError(t, err)
			require.Equal(t, want, fewest, "%s, %d left", c.name, left)
		}
	}
}

// TestFewestOfFewerPods: three nodes hold a large pod or a middle one each, and a small pod beside it. There are
// fewer nodes than middle pods. Four pods can be placed, however many of the large ones there are: where these
// are few, nodes are enough for each, but they take the room of middle ones.
func TestFewestOfFewerPods(t *testing.T) {
	for large := range int64(7) {
		for _, kinds := range [][]Kind{ // the large pods as one kind, and told apart
			{{Count: large, Requests: []int64{1, 16}}},
			{{Count: large / 2, Requests: []int64{1, 16}}, {Count: large - large/2, Requests: []int64{1, 16}}},
		} {
			kinds = append(kinds, Kind{Count: 10, Requests: []int64{1, 9}}, Kind{Count: 1, Requests: []int64{0, 9}})
			all := slices.Repeat([]bool{true}, len(kinds))
			in := &Instance{Kinds: kinds, Nodes: []Node{{Price: 1, Capacity: []int64{1, 27}, Admits: all, Limit: 3}}}
			for left, want := range map[int64]bool{large + 7: true, large + 8: false} {
				in.Left = []int64{left}
				fewest, err := Fewest(context.Background(), in, nil)
				require.NoError(t, err)
				require.Equal(t, want, fewest, "%d large pods, %d left", large, left)
			}
		}
	}
}

// TestFewestOfAparts: of two pods that no domain holds both of, and one domain, one is left by every plan,
// though nodes are enough for both.
func TestFewestOfAparts(t *testing.T) {
	in := &Instance{Kinds: []Kind{{Count: 1, Requests: []int64{1}}, {Count: 1, Requests: []int64{2}}},
		Nodes: []Node{{Price: 1, Capacity: []int64{4}, Admits: []bool{true, true}, Limit: Unlimited}}, Left: []int64{1}}
	fewest, err := Fewest(context.Background(), in, nil)
	require.NoError(t, err)
	require.False(t, fewest)

	apart := *in
	apart.Kinds = slices.Clone(in.Kinds)
	apart.Kinds[0].Spread, apart.Kinds[1].Spread = 1, 2
	apart.Spreads = slices.Repeat([]Spread{{Count: 1, Before: []int64{0}, Skew: 1, Sparse: true}}, 2)
	apart.Aparts = []Apart{{Spreads: []int{0, 1}, Domains: [][]int{{0}, {0}}, Pairs: [][2]int{{0, 1}}}}
	require.Equal(t, []int64{1}, Forced(&apart))
	fewest, err = Fewest(context.Background(), in, Forced(&apart))
	require.NoError(t, err)
	require.True(t, fewest)
}
