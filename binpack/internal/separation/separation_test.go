package separation_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/work"
)

// TestValuesAgainstEnumeration: launches that hold all pods are never cut off, and
// what is cut off by values does not hold them, as all fillings show.
func TestValuesAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, bins := drawModel(t)
		launches := rapid.SliceOfN(rapid.Int64Range(0, 4), len(bins), len(bins)).Draw(t, "launches")
		weight := rapid.SliceOfN(rapid.Float64Range(0, 10), len(m.Classes), len(m.Classes)).Draw(t, "weight")
		s := separation.New(m, bins, separation.Demand{}, work.NewMeter(context.Background(), -1))
		values := s.Values(launches, weight, 1<<40)
		if values == nil {
			return
		}
		asked, held := 0.0, 0.0
		for c, v := range values {
			require.GreaterOrEqual(t, v, -1e-9)
			asked += v * float64(m.Classes[c].Count)
		}
		for i, b := range bins {
			held += mostHeld(m, b, values) * float64(launches[i])
		}
		require.Greater(t, asked, held*(1-1e-9))
	})
}

// drawModel draws a model without caps, and returns its bins.
func drawModel(t *rapid.T) (m *model.Model, bins []int) {
	m = modeltest.Draw(t)
	m.Caps = nil
	for b := range m.Bins {
		m.Bins[b].Uses = nil
		bins = append(bins, b)
	}
	return m, bins
}

// mostHeld returns the most value that a node of a bin holds, by all fillings.
func mostHeld(m *model.Model, bin int, values []float64) (most float64) {
	modeltest.Fillings(m, bin, func(counts []model.Count) {
		worth := 0.0
		for _, n := range counts {
			worth += values[n.Class] * float64(n.N)
		}
		most = max(most, worth)
	})
	return most
}

// TestValuesFindsWhatDoesNotFit: three pods, no two of them on one node, need
// three nodes, and values by which two are too few are found.
func TestValuesFindsWhatDoesNotFit(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 3, Requests: []int64{6}}, {Count: 3, Requests: []int64{4}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)}}}
	s := separation.New(m, []int{0}, separation.Demand{}, work.NewMeter(context.Background(), -1))
	require.Nil(t, s.Values([]int64{3}, []float64{1, 1}, 1<<40))
	values := s.Values([]int64{2}, []float64{1, 1}, 1<<40)
	require.Greater(t, values[0]*3+values[1]*3, 2*max(values[0]+values[1], 2*values[1]))
}
