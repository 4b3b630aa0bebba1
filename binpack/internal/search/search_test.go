package search_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/work"
)

func pack(m *model.Model, bins []int, meter *work.Meter) (s model.Solution, value, price []int64) {
	value, price = make([]int64, len(m.Classes)), make([]int64, len(m.Bins))
	for c := range value {
		value[c] = 1000
	}
	for b := range price {
		price[b] = m.Bins[b].Price
	}
	remaining, free := model.Solution{}.Left(m), model.Solution{}.Free(m)
	s = greedy.NewPacker(m, bins, meter).Pack(remaining, free, value, price)
	return s, value, price
}

func left(m *model.Model, s model.Solution) (n int64) {
	for _, k := range s.Left(m) {
		n += k
	}
	return n
}

// TestImprove: every solution on the way keeps the rules, and is better than
// the one before.
func TestImprove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		bins := m.Prune()
		meter := work.NewMeter(context.Background(), 20_000)
		best, value, price := pack(m, bins, meter)
		require.NoError(t, best.Check(m))
		state := search.New(m, bins, best, value, price, nil, 0, meter)
		for state.Improve(1 << 40) {
			s := state.Solution()
			require.NoError(t, s.Check(m))
			fewer := left(m, s) - left(m, best)
			require.True(t, fewer < 0 || fewer == 0 && s.Cost(m) < best.Cost(m))
			best = s
		}
	})
}

// TestImproveFindsPairs: four pods of 6 and four of 4 fill four nodes of 10;
// packed the same kind together they need six.
func TestImproveFindsPairs(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 4, Requests: []int64{6}}, {Count: 4, Requests: []int64{4}}},
		Bins:    []model.Bin{{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)}}}
	bad := model.Solution{{Bin: 0, Times: 4, Counts: []model.Count{{Class: 0, N: 1}}}, {Bin: 0, Times: 2, Counts: []model.Count{{Class: 1, N: 2}}}}
	require.NoError(t, bad.Check(m))
	meter := work.NewMeter(context.Background(), 1_000_000)
	state := search.New(m, []int{0}, bad, []int64{6000, 4000}, []int64{10}, nil, 0, meter)
	require.True(t, state.Improve(1<<40))
	for state.Solution().Cost(m) > 40 && state.Improve(1<<40) {
	}
	require.Equal(t, int64(40), state.Solution().Cost(m))
}

func TestShrink(t *testing.T) {
	m := &model.Model{Resources: 1, Caps: []int64{1},
		Classes: []model.Class{{Count: 9, Requests: []int64{1}}},
		Bins: []model.Bin{
			{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true)},
			{Price: 5, Capacity: []int64{5}, Admits: model.ClassesWhere(true)},
			{Price: 1, Capacity: []int64{5}, Admits: model.ClassesWhere(true), Uses: []model.Use{{Cap: 0, Amount: 1}}},
			{Price: 0, Capacity: []int64{5}, Admits: model.ClassesWhere(false)},
		}}
	column := func(bin int, times, n int64) model.Column {
		return model.Column{Bin: bin, Times: times, Counts: []model.Count{{Class: 0, N: n}}}
	}
	s := model.Solution{column(0, 2, 2), column(0, 1, 5)}
	free := s.Free(m)
	s = search.Shrink(m, []int{0, 1, 2, 3}, s, free)
	require.Equal(t, model.Solution{column(1, 2, 2), column(2, 1, 5)}, s, "the cap allows one launch of bin 2, bin 3 admits none")
	require.Equal(t, []int64{0}, free)
	require.NoError(t, s.Check(m))
}

// TestImproveDrains: each of twenty nodes has room for one of the small pods of the
// last, more nodes than are packed anew at once.
func TestImproveDrains(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 60, Requests: []int64{33}}, {Count: 20, Requests: []int64{1}}},
		Bins:    []model.Bin{{Price: 10, Capacity: []int64{100}, Admits: model.ClassesWhere(true, true)}}}
	s := model.Solution{{Bin: 0, Times: 20, Counts: []model.Count{{Class: 0, N: 3}}}, {Bin: 0, Times: 1, Counts: []model.Count{{Class: 1, N: 20}}}}
	require.NoError(t, s.Check(m))
	meter := work.NewMeter(context.Background(), 100_000)
	state := search.New(m, []int{0}, s, []int64{33000, 1000}, []int64{10}, nil, 0, meter)
	require.True(t, state.Improve(1<<40))
	require.NoError(t, state.Solution().Check(m))
	require.Equal(t, int64(200), state.Solution().Cost(m))
}
