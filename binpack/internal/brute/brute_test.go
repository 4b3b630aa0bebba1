package brute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
)

func TestBest(t *testing.T) {
	// Two kinds, 3 of 2 units and 2 of 3 units, on nodes of 4 units for 5 and
	// of 6 units for 8: {3 3} and {2 2 2} on two large ones.
	instance := func() *bound.Instance {
		return &bound.Instance{
			Kinds: []bound.Kind{{Count: 3, Requests: []int64{2}}, {Count: 2, Requests: []int64{3}}},
			Nodes: []bound.Node{
				{Price: 5, Capacity: []int64{4}, Admits: []bool{true, true}, Limit: bound.Unlimited},
				{Price: 8, Capacity: []int64{6}, Admits: []bool{true, true}, Limit: bound.Unlimited},
			},
		}
	}
	for name, test := range map[string]struct {
		spoil       func(*bound.Instance)
		left, price int64
	}{
		"all":              {func(*bound.Instance) {}, 0, 16},
		"one large":        {func(in *bound.Instance) { in.Nodes[1].Limit = 1 }, 0, 18},
		"one of each":      {func(in *bound.Instance) { in.Nodes[0].Limit, in.Nodes[1].Limit = 1, 1 }, 1, 13},
		"a cap of one":     {func(in *bound.Instance) { in.Caps = []int64{1}; in.Nodes[0].Uses = use(1); in.Nodes[1].Uses = use(1) }, 2, 8},
		"not admitted":     {func(in *bound.Instance) { in.Nodes[0].Admits[1], in.Nodes[1].Admits[1] = false, false }, 2, 8},
		"no nodes":         {func(in *bound.Instance) { in.Nodes = nil }, 5, 0},
		"room without end": {func(in *bound.Instance) { in.Nodes[0].Capacity[0] = bound.Unlimited }, 0, 5},
	} {
		t.Run(name, func(t *testing.T) {
			in := instance()
			test.spoil(in)
			left, price := brute.Best(in)
			require.Equal(t, [2]int64{test.left, test.price}, [2]int64{left, price})
		})
	}
}

func TestBestKeepsLimits(t *testing.T) {
	// Two pods of one kind and one of another, all small.
	in := &bound.Instance{
		Kinds: []bound.Kind{{Count: 2, Requests: []int64{1}}, {Count: 1, Requests: []int64{1}}},
		Nodes: []bound.Node{{Price: 5, Capacity: []int64{9}, Admits: []bool{true, true}, Limit: 2}},
	}
	for name, test := range map[string]struct {
		perNode     int64
		limits      []brute.Limit
		left, price int64
	}{
		"none":                  {0, nil, 0, 5},
		"one of the first":      {1, nil, 0, 10},
		"the same":              {0, []brute.Limit{{Owner: 0, Members: []bool{true, false}, Most: 1}}, 0, 10},
		"the second alone":      {0, []brute.Limit{{Owner: 1, Members: []bool{true, false}, Most: 0}}, 0, 10},
		"all alone":             {0, []brute.Limit{{Owner: 0, Members: []bool{true, true}, Most: 1}}, 1, 10},
		"the second with one":   {0, []brute.Limit{{Owner: 1, Members: []bool{true, true}, Most: 2}}, 0, 10},
		"the second with fewer": {1, []brute.Limit{{Owner: 1, Members: []bool{true, true}, Most: 1}}, 1, 10},
	} {
		t.Run(name, func(t *testing.T) {
			in.Kinds[0].PerNode = test.perNode
			left, price := brute.Best(in, test.limits...)
			require.Equal(t, [2]int64{test.left, test.price}, [2]int64{left, price})
		})
	}
}

func use(n int64) []bound.Use { return []bound.Use{{Cap: 0, Amount: n}} }
