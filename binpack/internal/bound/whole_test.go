package bound_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestWholeNodesAreProven: where all pods have a place, and nothing but room decides which nodes hold them, the bound is
// what they cost, whatever pods are worth.
func TestWholeNodesAreProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instances(t, rapid.IntRange(1, 4).Draw(t, "kinds"), rapid.Bool().Draw(t, "limits"), rapid.Bool().Draw(t, "caps"))
		for k := range in.Kinds {
			in.Kinds[k].PerNode, in.Kinds[k].Excludes = 0, nil
			for i := range in.Kinds[k].Values {
				in.Kinds[k].Values[i]++
			}
		}
		for b := range in.Nodes { // of what costs nothing there may be too many
			in.Nodes[b].Price++
		}
		left, best := brute.Best(in)
		if left > pods(in)-placeable(in) {
			return
		}
		for _, enough := range []int64{best, best + 1} {
			got, err := bound.Evaluate(context.Background(), in, leaves, enough)
			require.NoError(t, err)
			require.Equal(t, bound.LowerBound{Least: best}, got)
		}
	})
}

// TestPodsThatFitInPartsOnly: two small nodes have what the pods ask for together, and hold two thirds of them; a large one
// and a small one hold them all.
func TestPodsThatFitInPartsOnly(t *testing.T) {
	in := &bound.Instance{
		Kinds: []bound.Kind{{Count: 3, Values: []int64{2}, Requests: []int64{2, 0}}, {Count: 3, Values: []int64{2}, Requests: []int64{0, 2}}},
		Nodes: []bound.Node{{Price: 10, Capacity: []int64{5, 5}, Admits: []bool{true, true}, Limit: 1}, {Price: 7, Capacity: []int64{3, 3}, Admits: []bool{true, true}, Limit: bound.Unlimited}},
	}
	got, err := bound.Evaluate(context.Background(), in, leaves, 100)
	require.NoError(t, err)
	require.Equal(t, bound.LowerBound{Least: 17}, got)
}

// TestWhatTheCutMisses: by the values two nodes hold all pods, by what these ask for they do not.
func TestWhatTheCutMisses(t *testing.T) {
	in := &bound.Instance{
		Kinds: []bound.Kind{{Count: 2, Values: []int64{1}, Requests: []int64{3}}, {Count: 4, Values: []int64{1}, Requests: []int64{1}}},
		Nodes: []bound.Node{{Price: 10, Capacity: []int64{4}, Admits: []bool{true, true}, Limit: bound.Unlimited}},
	}
	got, err := bound.Evaluate(context.Background(), in, leaves, 100)
	require.NoError(t, err)
	require.Equal(t, bound.LowerBound{Least: 30}, got)
}
