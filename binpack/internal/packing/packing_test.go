package packing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
	"github.com/stowage/stowage/binpack/internal/packing"
	_ "github.com/stowage/stowage/internal/seed"
)

const ticks = 1 << 30

// drawn returns a small packing, and launches of its nodes.
func drawn(t *rapid.T) (*packing.Search, []int64) {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	p, resources := &packing.Search{}, small("resources", 1, 3)
	for range small("kinds", 1, 3) {
		k := packing.Kind{Count: small("count", 1, 4), PerNode: small("per node", 1, 4)}
		for range resources {
			k.Requests = append(k.Requests, small("request", 0, 4))
		}
		p.Kinds = append(p.Kinds, k)
	}
	var launches []int64
	for range small("nodes", 1, 3) {
		n := packing.Node{}
		for range resources {
			n.Capacity = append(n.Capacity, small("capacity", 0, 9))
		}
		for range p.Kinds {
			n.Admits = append(n.Admits, small("admits", 0, 5) > 0)
		}
		p.Nodes, launches = append(p.Nodes, n), append(launches, small("launches", 0, 2))
	}
	return p, launches
}

// holds reports whether launches hold all pods.
func holds(p *packing.Search, launches []int64) bool {
	in := &bound.Instance{}
	for _, k := range p.Kinds {
		in.Kinds = append(in.Kinds, bound.Kind{Count: k.Count, PerNode: k.PerNode, Requests: k.Requests})
	}
	for i, n := range p.Nodes {
		in.Nodes = append(in.Nodes, bound.Node{Capacity: n.Capacity, Admits: n.Admits, Limit: launches[i]})
	}
	left, _ := brute.Best(in)
	return left == 0
}

// checked fails where a packing that was found is none.
func checked(t require.TestingT, p *packing.Search, launches []int64, found []packing.Packed) {
	launched, placed := make([]int64, len(p.Nodes)), make([]int64, len(p.Kinds))
	for _, f := range found {
		require.Positive(t, slices.Max(f.Counts))
		launched[f.Node] += f.Times
		used := make([]int64, len(p.Nodes[f.Node].Capacity))
		for k, n := range f.Counts {
			require.True(t, n == 0 || p.Nodes[f.Node].Admits[k])
			require.LessOrEqual(t, n, p.Kinds[k].PerNode)
			placed[k] += f.Times * n
			for r, q := range p.Kinds[k].Requests {
				used[r] += n * q
			}
		}
		for r, c := range p.Nodes[f.Node].Capacity {
			require.LessOrEqual(t, used[r], c)
		}
	}
	for n, most := range launches {
		require.LessOrEqual(t, launched[n], most)
	}
	for k, kind := range p.Kinds {
		require.Equal(t, kind.Count, placed[k])
	}
}

func TestAsk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, launches := drawn(t)
		for range 2 { // the second time it knows of the first
			a := p.Ask(context.Background(), launches, ticks)
			if holds(p, launches) {
				require.False(t, a.Refuted)
				require.NotNil(t, a.Found)
				checked(t, p, launches, a.Found)
			} else {
				require.True(t, a.Refuted)
				require.Nil(t, a.Found)
			}
			n := rapid.IntRange(0, len(launches)-1).Draw(t, "node")
			launches[n] += rapid.Int64Range(-launches[n], 1).Draw(t, "more")
		}
	})
}

// TestEachWay: each way of Ask alone finds a packing, or refutes the launches.
func TestEachWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, launches := drawn(t)
		for _, a := range []packing.Answer{p.Filled(launches, ticks), p.Counted(launches, ticks), p.Completed(launches, ticks)} {
			require.Equal(t, !holds(p, launches), a.Refuted, "%v", p)
			require.Equal(t, a.Refuted, a.Found == nil)
			if a.Found != nil {
				checked(t, p, launches, a.Found)
			}
		}
	})
}

// TestCountsRefute: six nodes with memory for 100 pods but for less than a hundredth, whose fillings say nothing in the time that
// cuts take to refute them.
func TestCountsRefute(t *testing.T) {
	p := &packing.Search{}
	for _, k := range [][3]int64{
		{8, 52, 15228}, {8, 46, 6067}, {9, 12, 2248}, {8, 12, 1608}, {8, 10, 3652}, {8, 10, 2159}, {8, 9, 2864}, {8, 9, 1482}, {9, 9, 1259},
		{9, 5, 1468}, {9, 3, 864}, {8, 1, 378},
	} {
		p.Kinds = append(p.Kinds, packing.Kind{Count: k[0], PerNode: k[0], Requests: k[1:]})
	}
	for _, c := range [][2]int64{{38, 7518}, {956, 188597}, {78, 15391}, {158, 31137}, {78, 31775}, {158, 63905}} {
		p.Nodes = append(p.Nodes, packing.Node{Capacity: c[:], Admits: slices.Repeat([]bool{true}, len(p.Kinds))})
	}
	launches := []int64{1, 1, 1, 1, 1, 1}
	require.False(t, p.Filled(launches, 4_000_000).Refuted)
	require.True(t, p.Counted(launches, 4_000_000).Refuted)
	launches[1]++
	require.NotNil(t, p.Counted(launches, 2_000_000).Found)
}

// TestKnowsWhatIsFewer: less than what is refuted is refuted at once.
func TestKnowsWhatIsFewer(t *testing.T) {
	p := &packing.Search{
		Kinds: []packing.Kind{{Count: 7, PerNode: 7, Requests: []int64{2}}},
		Nodes: []packing.Node{{Capacity: []int64{3}, Admits: []bool{true}}, {Capacity: []int64{5}, Admits: []bool{true}}},
	}
	a := p.Ask(context.Background(), []int64{2, 2}, ticks)
	require.True(t, a.Refuted)
	require.Positive(t, a.Ticks)
	a = p.Ask(context.Background(), []int64{2, 1}, ticks)
	require.True(t, a.Refuted)
	require.Zero(t, a.Ticks)
	require.NotNil(t, p.Ask(context.Background(), []int64{3, 2}, ticks).Found)
}

// TestManyNodes: how many nodes are alike does not count.
func TestManyNodes(t *testing.T) {
	p := &packing.Search{
		Kinds: []packing.Kind{{Count: 1 << 20, PerNode: 1, Requests: []int64{1}}},
		Nodes: []packing.Node{{Capacity: []int64{1}, Admits: []bool{true}}},
	}
	require.True(t, p.Ask(context.Background(), []int64{1<<20 - 1}, ticks).Refuted)
	require.Equal(t, []packing.Packed{{Times: 1 << 20, Counts: []int64{1}}}, p.Ask(context.Background(), []int64{1 << 20}, ticks).Found)
}
