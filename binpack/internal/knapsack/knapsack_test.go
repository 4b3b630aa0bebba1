package knapsack_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/knapsack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

func worthOf(counts []model.Count, value []int64) (sum int64) {
	for _, n := range counts {
		sum += n.N * value[n.Class]
	}
	return sum
}

// TestFillAgainstEnumeration: fillings are legal, worth what is said, and on
// such small nodes the best that there are.
func TestFillAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		value := rapid.SliceOfN(rapid.Int64Range(0, 1000), len(m.Classes), len(m.Classes)).Draw(t, "value")
		limit := make([]int64, len(m.Classes))
		for c := range limit {
			limit[c] = m.Classes[c].Count
		}
		m.Caps = nil
		f := knapsack.NewFiller(m, work.NewMeter(context.Background(), -1))
		for b := range m.Bins {
			m.Bins[b].Uses = nil
			counts, worth := f.Fill(b, value, limit, 20, rand.New(rand.NewPCG(1, 2)))
			require.Equal(t, worthOf(counts, value), worth)
			require.NoError(t, model.Solution{{Bin: b, Times: 1, Counts: counts}}.Check(m))
			best := int64(0)
			modeltest.Fillings(m, b, func(counts []model.Count) { best = max(best, worthOf(counts, value)) })
			require.Equal(t, best, worth)
		}
	})
}

// TestFillKeepsToTheLimit: what is not left is not taken.
func TestFillKeepsToTheLimit(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 9, Requests: []int64{3}}, {Count: 9, Requests: []int64{2}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{10}, Admits: []bool{true, true}}}}
	f := knapsack.NewFiller(m, work.NewMeter(context.Background(), -1))
	counts, worth := f.Fill(0, []int64{30, 10}, []int64{2, 9}, 5, rand.New(rand.NewPCG(1, 2)))
	require.Equal(t, []model.Count{{Class: 0, N: 2}, {Class: 1, N: 2}}, counts)
	require.Equal(t, int64(80), worth)
}
