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

var effort = knapsack.Effort{Starts: 20, Exchanges: 50}

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
		f.Deep = rapid.Bool().Draw(t, "deep")
		effort := effort
		effort.Steps = rapid.SampledFrom([]int{0, 10_000}).Draw(t, "steps")
		for b := range m.Bins {
			m.Bins[b].Uses = nil
			f.Begin(value, limit)
			found := f.Fill(b, 0, effort, rand.New(rand.NewPCG(1, 2)))
			for i, n := range found {
				require.Equal(t, worthOf(n.Counts, value), n.Worth)
				require.NoError(t, model.Solution{{Bin: b, Times: 1, Counts: n.Counts}}.Check(m))
				require.True(t, i == 0 || found[i-1].Worth >= n.Worth)
			}
			best := int64(0)
			modeltest.Fillings(m, b, func(counts []model.Count) { best = max(best, worthOf(counts, value)) })
			if best > 0 {
				require.Equal(t, best, found[0].Worth)
				require.NotEmpty(t, f.Fill(b, float64(best)-0.5, effort, rand.New(rand.NewPCG(1, 2))), "a filling is worth more than the floor")
			}
		}
	})
}

// TestFillTakesWhatNeedsNothing: pods that ask for nothing are bounded by the rules of the
// node alone. What is worth most first is not best here.
func TestFillTakesWhatNeedsNothing(t *testing.T) {
	m := &model.Model{Resources: 1, Groups: []model.Group{{Most: 1}},
		Classes: []model.Class{{Count: 3, Requests: []int64{0}, Owns: []int{0}}, {Count: 2, Requests: []int64{0}, In: []int{0}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{0}, Admits: model.ClassesWhere(true, true)}}}
	f := knapsack.NewFiller(m, work.NewMeter(context.Background(), -1))
	f.Begin([]int64{256, 512}, []int64{3, 2})
	found := f.Fill(0, 0, effort, rand.New(rand.NewPCG(1, 2)))
	require.Equal(t, knapsack.Filled{Counts: []model.Count{{Class: 0, N: 3}, {Class: 1, N: 1}}, Worth: 1280}, found[0])
}

// TestFillKeepsToTheLimit: what is not left is not taken.
func TestFillKeepsToTheLimit(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 9, Requests: []int64{3}}, {Count: 9, Requests: []int64{2}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)}}}
	f := knapsack.NewFiller(m, work.NewMeter(context.Background(), -1))
	fill := func(value, limit []int64) knapsack.Filled {
		f.Begin(value, limit)
		return f.Fill(0, 0, effort, rand.New(rand.NewPCG(1, 2)))[0]
	}
	require.Equal(t, knapsack.Filled{Counts: []model.Count{{Class: 0, N: 2}, {Class: 1, N: 2}}, Worth: 80}, fill([]int64{30, 10}, []int64{2, 9}))
	require.Equal(t, knapsack.Filled{Counts: []model.Count{{Class: 0, N: 1}, {Class: 1, N: 3}}, Worth: 60}, fill([]int64{30, 10}, []int64{1, 9}), "less is left")
	require.Equal(t, knapsack.Filled{Counts: []model.Count{{Class: 1, N: 5}}, Worth: 50}, fill([]int64{0, 10}, []int64{9, 9}), "nothing that is worth nothing")
}

// TestFillFindsPerfectFits: three sizes of pods, all worth what they take, fill
// a node to the brim in few ways.
func TestFillFindsPerfectFits(t *testing.T) {
	m := &model.Model{Resources: 2,
		Classes: []model.Class{{Count: 99, Requests: []int64{701, 613}}, {Count: 99, Requests: []int64{397, 911}}, {Count: 99, Requests: []int64{503, 211}}},
		Bins:    []model.Bin{{Price: 1, Admits: model.ClassesWhere(true, true, true)}}}
	value, limit := make([]int64, 3), []int64{99, 99, 99}
	capacity := make([]int64, 2)
	for c, n := range []int64{7, 5, 11} {
		for r, q := range m.Classes[c].Requests {
			value[c] += q
			capacity[r] += n * q
		}
	}
	m.Bins[0].Capacity = capacity
	f := knapsack.NewFiller(m, work.NewMeter(context.Background(), -1))
	f.Begin(value, limit)
	require.Equal(t, capacity[0]+capacity[1], f.Fill(0, 0, effort, rand.New(rand.NewPCG(1, 2)))[0].Worth)
}
