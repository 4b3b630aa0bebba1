package model_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestOutOfOrderOfPool: a pool of an early rank with bins 0 for 2, 1 for 2 and 2 for 5. Caps 0
// and 1 count the launches of bins 0 and 1, and cap 2 is a limit of all.
func TestOutOfOrderOfPool(t *testing.T) {
	m := &Model{
		Ranks: 3, Caps: []int64{1, 1, 4}, Counted: []bool{true, true, false},
		Classes: []Class{{Preferred: []PreferredPool{{Rank: 1, Bins: []int{0, 1, 2}}}}},
		Bins:    []Bin{{Price: 2, Uses: []Use{{Cap: 0, Amount: 1}, {Cap: 2, Amount: 3}}}, {Price: 2, Uses: []Use{{Cap: 1, Amount: 1}, {Cap: 2, Amount: 2}}}, {Price: 5, Uses: []Use{{Cap: 2, Amount: 1}}}, {Rank: 1}, {Rank: 2}},
	}
	open := func(rank int, free []int64) bool {
		return m.OutOfOrder(free)(Column{Bin: 2 + rank, Counts: []Count{{Class: 0, N: 1}}})
	}
	for name, tt := range map[string]struct {
		stage int
		free  []int64
		open  bool
	}{
		"all is free":                               {2, []int64{1, 1, 4}, true},
		"for a pod of the same stage":               {1, []int64{1, 1, 4}, false},
		"the limit allows one of the cheapest":      {2, []int64{1, 1, 2}, true},
		"the limit allows none of the cheapest":     {2, []int64{1, 1, 1}, false},
		"the cheapest one that is left decides":     {2, []int64{1, 0, 2}, false},
		"who has no launches left does not count":   {2, []int64{0, 1, 2}, true},
		"the dear one counts where no others are":   {2, []int64{0, 0, 1}, true},
		"neither launches nor limit leave anything": {2, []int64{0, 0, 0}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.open, open(tt.stage, tt.free)) })
	}
	m.Counted = nil
	require.False(t, open(2, []int64{0, 0, 1}), "the caps are limits all")
}

// TestOutOfOrder compares with each pod, each pool of an earlier rank and each launch of
// it that could be added, one by one.
func TestOutOfOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{There: true, Stages: true})
		modeltest.Plans(m, func(nodes []modeltest.Node) bool {
			require.Equal(t, jumps(m, nodes), modeltest.SolutionOf(nodes).OutOfOrder(m), "%+v", nodes)
			return true
		})
	})
}

func jumps(m *Model, nodes []modeltest.Node) bool {
	used := make([]int64, len(m.Caps))
	more := func(b int) {
		for _, u := range m.Bins[b].Uses {
			used[u.Cap] += u.Amount
		}
	}
	over := func(b int, counts func(k int) bool) bool {
		return slices.ContainsFunc(m.Bins[b].Uses, func(u Use) bool { return counts(u.Cap) && used[u.Cap]+u.Amount > m.Caps[u.Cap] })
	}
	for _, n := range nodes {
		more(n.Bin)
	}
	must := func(bins []int) bool {
		cheapest, can := int64(math.MaxInt64), false
		for _, b := range bins {
			if over(b, func(k int) bool { return m.Counted[k] }) {
				continue
			}
			ok := !over(b, func(int) bool { return true })
			switch price := m.Bins[b].Price; {
			case price < cheapest:
				cheapest, can = price, ok
			case price == cheapest:
				can = can || ok
			}
		}
		return can
	}
	for _, n := range nodes {
		for c, k := range n.On {
			for _, a := range m.Classes[c].Preferred {
				if k > 0 && a.Rank < m.Bins[n.Bin].Rank && must(a.Bins) {
					return true
				}
			}
		}
	}
	return false
}
