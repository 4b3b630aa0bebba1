package exchange_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/exchange"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

// TestImprove: the node keeps the rules, no pod gets lost, each exchange gains, and
// in the end none does any more.
func TestImprove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		b := rapid.IntRange(0, len(m.Bins)-1).Draw(t, "bin")
		market := exchange.Market{Model: m, Left: model.Solution{}.Left(m), Meter: work.NewMeter(context.Background(), -1)}
		market.Value = rapid.SliceOfN(rapid.Int64Range(0, 9), len(m.Classes), len(m.Classes)).Draw(t, "value")
		n := exchange.NewNode(m, b, nil)
		var all []int
		for c := range m.Classes {
			all = append(all, c)
			if m.Bins[b].Admits.Has(c) {
				if k := n.Filling.Fit(c, rapid.Int64Range(0, market.Left[c]).Draw(t, "n")); k > 0 {
					n.Put(c, k)
					market.Left[c] -= k
				}
			}
		}
		worth := func(counts []model.Count) (sum int64) {
			for _, k := range counts {
				sum += k.N * market.Value[k.Class]
			}
			return sum
		}
		before := worth(n.Counts)
		market.ByValue(all)
		market.Improve(&n, all, func(int, int) {
			require.Greater(t, worth(n.Counts), before)
			before = worth(n.Counts)
		})
		require.True(t, m.Fits(b, n.Counts))
		s := model.Solution{{Bin: b, Times: 1, Counts: n.Counts}}
		require.Equal(t, s.Left(m), market.Left)
		for _, out := range append([]model.Count{{Class: exchange.None}}, n.Counts...) {
			for in := range m.Classes {
				counts := model.AddCount(slices.Clone(n.Counts), in, 1)
				worse := int64(0)
				if out.Class != exchange.None {
					counts = model.AddCount(counts, out.Class, -1)
					worse = market.Value[out.Class]
				}
				gains := market.Left[in] > 0 && market.Value[in] > worse && m.Fits(b, counts)
				require.False(t, gains, "%d for %d", in, out.Class)
			}
		}
	})
}

// TestTakes: what may not be left in exchange is kept.
func TestTakes(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 1, Requests: []int64{3}}, {Count: 1, Requests: []int64{4}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{5}, Admits: model.ClassesWhere(true, true)}}}
	n := exchange.NewNode(m, 0, []model.Count{{Class: 0, N: 1}})
	market := exchange.Market{Model: m, Value: []int64{3, 4}, Left: []int64{0, 1}, Meter: work.NewMeter(context.Background(), -1)}
	market.Takes = func(out, in int) bool { return out != 0 || in != 1 }
	market.Improve(&n, []int{1, 0}, nil)
	require.Equal(t, []model.Count{{Class: 0, N: 1}}, n.Counts)
	market.Takes = nil
	market.Improve(&n, []int{1, 0}, nil)
	require.Equal(t, []model.Count{{Class: 1, N: 1}}, n.Counts)
	require.Equal(t, []int64{1, 0}, market.Left)
}
