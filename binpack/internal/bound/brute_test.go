package bound_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
	_ "github.com/stowage/stowage/internal/seed"
)

// leaves is more than the branch and bound of such small instances needs.
const leaves = 1000

// instances draws instances that brute can enumerate.
func instances(t *rapid.T, kinds int, limits, caps bool) *bound.Instance {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	in := &bound.Instance{}
	resources := int(small("resources", 1, 3))
	cuts := int(small("cuts", 1, 3))
	for range kinds {
		kind := bound.Kind{Count: small("count", 0, 7/int64(kinds)), PerNode: small("per node", 0, 3)}
		for range cuts {
			kind.Values = append(kind.Values, small("value", 0, 5))
		}
		for range resources {
			kind.Requests = append(kind.Requests, small("request", 0, 4))
		}
		kind.Number = len(in.Kinds)
		for o := range in.Kinds {
			if rapid.IntRange(0, 3).Draw(t, "excludes") == 0 {
				kind.Excludes, in.Kinds[o].Excludes = append(kind.Excludes, o), append(in.Kinds[o].Excludes, kind.Number)
			}
		}
		in.Kinds = append(in.Kinds, kind)
	}
	if caps {
		in.Caps = []int64{small("cap", 0, 12), small("cap", 0, 12)}
	}
	for range small("nodes", 0, 4) {
		node := bound.Node{Price: small("price", 0, 12), Limit: bound.Unlimited}
		for range resources {
			c := small("capacity", 0, 9)
			if c == 9 {
				c = bound.Unlimited
			}
			node.Capacity = append(node.Capacity, c)
		}
		for range kinds {
			node.Admits = append(node.Admits, rapid.IntRange(0, 3).Draw(t, "admits") > 0)
		}
		if limits && rapid.Bool().Draw(t, "limited") {
			node.Limit = small("limit", 0, 3)
		}
		for c := range in.Caps {
			node.Uses = append(node.Uses, bound.Use{Cap: c, Amount: small("use", 0, 5)})
		}
		in.Nodes = append(in.Nodes, node)
	}
	return in
}

// placeable returns the pods that some launch could hold.
func placeable(in *bound.Instance) int64 {
	sum := int64(0)
	for k, kind := range in.Kinds {
		one := *in
		one.Kinds = []bound.Kind{{Count: 1, Requests: kind.Requests}}
		one.Nodes = nil
		for _, n := range in.Nodes {
			n.Admits = n.Admits[k : k+1]
			one.Nodes = append(one.Nodes, n)
		}
		if left, _ := brute.Best(&one); left == 0 {
			sum += kind.Count
		}
	}
	return sum
}

func pods(in *bound.Instance) int64 {
	sum := int64(0)
	for _, k := range in.Kinds {
		sum += k.Count
	}
	return sum
}

// evaluate returns the bound on plans that leave as few pods as can be, and
// the price of the best of them.
func evaluate(t *rapid.T, in *bound.Instance) (got bound.LowerBound, best int64) {
	left, best := brute.Best(in)
	in.Left = []int64{left - (pods(in) - placeable(in))}
	got, err := bound.Evaluate(context.Background(), in, leaves, math.MaxInt64)
	require.NoError(t, err)
	require.False(t, got.Infeasible, "brute force leaves %d and costs %d", left, best)
	return got, best
}

func TestBoundIsBelowEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instances(t, rapid.IntRange(1, 3).Draw(t, "kinds"), rapid.Bool().Draw(t, "limits"), rapid.Bool().Draw(t, "caps"))
		got, best := evaluate(t, in)
		require.LessOrEqual(t, got.Least, best)
		left, _ := brute.Best(in)
		most, err := bound.MostPlaced(context.Background(), in)
		require.NoError(t, err)
		require.GreaterOrEqual(t, most, pods(in)-left)
	})
}

// TestSeveralCutsProveNoLess: all cuts at once prove at least what each proves
// alone, also in few leaves, and what is launched for that meets all of them.
func TestSeveralCutsProveNoLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instances(t, rapid.IntRange(1, 4).Draw(t, "kinds"), rapid.Bool().Draw(t, "limits"), rapid.Bool().Draw(t, "caps"))
		p, err := bound.NewProgram(in)
		require.NoError(t, err)
		var best bound.LowerBound
		for i := 0; len(in.Kinds) > 0 && i < len(in.Kinds[0].Values); i++ {
			values := make([]int64, len(in.Kinds))
			for k := range values {
				values[k] = in.Kinds[k].Values[i]
			}
			alone, err := p.Add(context.Background(), values)
			require.NoError(t, err)
			best.Least, best.Infeasible = max(best.Least, alone.Least), best.Infeasible || alone.Infeasible
		}
		whole := p.Solve(context.Background(), nil, leaves, math.MaxInt64)
		if whole.Leaves == 0 || best.Infeasible || whole.Infeasible {
			return
		}
		few := p.Solve(context.Background(), nil, 1, math.MaxInt64)
		require.LessOrEqual(t, few.Least, whole.Least)
		if !whole.Integral {
			return // prices of nothing: the bound does not grow
		}
		require.GreaterOrEqual(t, whole.Least, best.Least)
		require.True(t, p.Meets(whole.Nodes))
		paid := int64(0)
		for b, n := range whole.Nodes {
			paid += n * in.Nodes[b].Price
		}
		require.Equal(t, whole.Least, paid)
	})
}

func TestBoundOfOneKindIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instances(t, 1, rapid.Bool().Draw(t, "limits"), rapid.Bool().Draw(t, "caps"))
		in.Kinds[0].Values[0] = rapid.Int64Range(1, 1<<40).Draw(t, "value of all")
		got, best := evaluate(t, in)
		require.Equal(t, best, got.Least)
		left, _ := brute.Best(in)
		most, err := bound.MostPlaced(context.Background(), in)
		require.NoError(t, err)
		require.Equal(t, pods(in)-left, most)
		if left > 0 && placeable(in) > 0 {
			in.Left = []int64{left - (pods(in) - placeable(in)) - 1}
			if in.Left[0] >= 0 {
				fewer, err := bound.Evaluate(context.Background(), in, leaves, math.MaxInt64)
				require.NoError(t, err)
				require.True(t, fewer.Infeasible)
			}
		}
	})
}

func TestBoundDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instances(t, rapid.IntRange(1, 4).Draw(t, "kinds"), rapid.Bool().Draw(t, "limits"), rapid.Bool().Draw(t, "caps"))
		a, err := bound.Evaluate(context.Background(), in, leaves, math.MaxInt64)
		require.NoError(t, err)
		b, err := bound.Evaluate(context.Background(), shuffled(t, in), leaves, math.MaxInt64)
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

// shuffled returns the instance with kinds and nodes in another order and the
// first resource in a finer unit.
func shuffled(t *rapid.T, in *bound.Instance) *bound.Instance {
	out := &bound.Instance{Caps: in.Caps, Left: in.Left}
	order := rapid.Permutation(indices(len(in.Kinds))).Draw(t, "kinds")
	for _, k := range order {
		kind := in.Kinds[k]
		kind.Requests = append([]int64{6 * kind.Requests[0]}, kind.Requests[1:]...)
		out.Kinds = append(out.Kinds, kind)
	}
	for _, b := range rapid.Permutation(indices(len(in.Nodes))).Draw(t, "nodes") {
		node := in.Nodes[b]
		if node.Capacity[0] != bound.Unlimited {
			node.Capacity = append([]int64{6*node.Capacity[0] + 5}, node.Capacity[1:]...)
		}
		admits := node.Admits
		node.Admits = nil
		for _, k := range order {
			node.Admits = append(node.Admits, admits[k])
		}
		out.Nodes = append(out.Nodes, node)
	}
	return out
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
