package deal_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/deal"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

func dealt(m *model.Model, launches []int64, times int64) (s model.Solution, demand []int64) {
	value := make([]int64, len(m.Classes))
	for c := range value {
		for _, q := range m.Classes[c].Requests {
			value[c] += q
		}
	}
	demand = model.Solution{}.Left(m)
	return deal.Deal(m, launches, times, demand, value, work.NewMeter(context.Background(), -1)), demand
}

// TestDeal: the solution keeps the rules and launches no more than it may, demand is
// what it leaves, and no node has room for a unit that is left.
func TestDeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		launches := rapid.SliceOfN(rapid.Int64Range(0, 2), len(m.Bins), len(m.Bins)).Draw(t, "launches")
		times := rapid.Int64Range(1, 3).Draw(t, "times")
		m.Caps = nil
		for b := range m.Bins {
			m.Bins[b].Uses = nil
		}
		s, demand := dealt(m, launches, times)
		require.NoError(t, s.Check(m))
		require.Equal(t, s.Left(m), demand)
		of := make([]int64, len(m.Bins))
		for _, j := range s {
			require.Equal(t, times, j.Times)
			of[j.Bin]++
			for c, n := range demand {
				require.False(t, n >= times && m.Fits(j.Bin, model.AddCount(append([]model.Count(nil), j.Counts...), c, 1)))
			}
		}
		for b := range of {
			require.LessOrEqual(t, of[b], launches[b])
		}
	})
}

// TestDealBalances: many pods of all kinds fill nodes of two kinds to the brim,
// though half of the pods need much cpu and the others much memory.
func TestDealBalances(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := &model.Model{Resources: 2, Bins: []model.Bin{{Price: 1, Capacity: []int64{2000, 1000}}, {Price: 1, Capacity: []int64{1000, 2000}}}}
	asked := int64(0) // of each resource
	for range 300 {
		small, large := 1+rng.Int64N(20), 1+rng.Int64N(100)
		m.Classes = append(m.Classes, model.Class{Count: 4, Requests: []int64{small, large}}, model.Class{Count: 4, Requests: []int64{large, small}})
		asked += 4 * (small + large)
	}
	for b := range m.Bins {
		m.Bins[b].Admits = model.ClassesWhere(slices.Repeat([]bool{true}, len(m.Classes))...)
	}
	n := asked / 3000 // of each bin
	s, _ := dealt(m, []int64{n, n}, 1)
	require.NoError(t, s.Check(m))
	room := [2]int64{3000 * n, 3000 * n}
	for _, j := range s {
		for _, k := range j.Counts {
			room[0] -= k.N * m.Classes[k.Class].Requests[0]
			room[1] -= k.N * m.Classes[k.Class].Requests[1]
		}
	}
	require.Less(t, max(room[0], room[1]), 3000*n/200)
}
