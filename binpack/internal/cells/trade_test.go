package cells_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestTrade: wherever bundles are moved, the rules hold as in the split before, which is
// not changed; and what is undone is as it was.
func TestTrade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		split := cells.New(m, nil)
		before := countsOf(split)
		trader := split.Trader()
		if trader == nil || manifold(m) {
			return
		}
		for range rapid.IntRange(1, 5).Draw(t, "moves") {
			from := rapid.IntRange(0, len(before)-1).Draw(t, "from")
			if len(trader.Siblings(from)) == 0 {
				continue
			}
			to := rapid.SampledFrom(trader.Siblings(from)).Draw(t, "to")
			was := countsOf(trader.Split())
			if trader.Shift(from, to) && rapid.Bool().Draw(t, "undo") {
				trader.Undo(from, to)
				require.Equal(t, was, countsOf(trader.Split()))
			}
		}
		traded := trader.Split()
		require.Equal(t, before, countsOf(split))
		for c := range m.Classes {
			require.Equal(t, unasked(split, m, c), unasked(traded, m, c))
		}
		keepsAllWhenFull(t, m, traded)
	})
}

func countsOf(split *cells.Split) []int64 {
	var counts []int64
	for i := range split.Model.Classes {
		counts = append(counts, split.Model.Classes[i].Count)
	}
	return counts
}

// TestTradeSpread: of 5 and 4 pods in two zones one may move, and no other after it;
// of pods that keep others company none.
func TestTradeSpread(t *testing.T) {
	spread := world([]model.Rule{inZones(model.Spread, 1)}, model.Class{Count: 9, OwnsRules: []int{0}, InRules: []int{0}})
	trader := cells.New(spread, nil).Trader()
	require.Equal(t, []int{1}, trader.Siblings(0))
	require.True(t, trader.Shift(0, 1))
	require.False(t, trader.Shift(0, 1))
	require.Equal(t, []int64{4, 5}, countsOf(trader.Split()))
	require.True(t, trader.Shift(1, 0))

	company := world([]model.Rule{inZones(model.Together, 0)}, model.Class{Count: 9, InRules: []int{0}}, model.Class{Count: 1, OwnsRules: []int{0}})
	company.Bins[0].Admits = company.Bins[0].Admits.Where(len(company.Classes), func(k int) bool { return k != 1 })
	split := cells.New(company, nil)
	require.True(t, slices.Equal([]int64{8, 1, 1}, countsOf(split)), "%v", countsOf(split))
	require.Nil(t, split.Trader())
}
