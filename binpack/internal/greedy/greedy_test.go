package greedy_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

func pack(m *model.Model, value []int64) (s model.Solution, remaining, free []int64, work_ int64) {
	return packWithin(context.Background(), m, value)
}

func packWithin(ctx context.Context, m *model.Model, value []int64) (s model.Solution, remaining, free []int64, work_ int64) {
	price := make([]int64, len(m.Bins))
	bins := make([]int, len(m.Bins))
	for b := range price {
		price[b], bins[b] = m.Bins[b].Price, b
	}
	meter := work.NewMeter(ctx, -1)
	remaining, free = model.Solution{}.Left(m), model.Solution{}.Free(m)
	s = greedy.NewPacker(m, bins, meter).Pack(remaining, free, value, price)
	return s, remaining, free, meter.Spent()
}

// TestPack: the solution keeps the rules, remaining and free are what it
// leaves, and no launch that is still possible would hold another pod.
func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		value := rapid.SliceOfN(rapid.Int64Range(1, 1000), len(m.Classes), len(m.Classes)).Draw(t, "value")
		s, remaining, free, _ := pack(m, value)
		require.NoError(t, s.Check(m))
		require.Equal(t, s.Left(m), remaining)
		require.True(t, slices.Equal(s.Free(m), free))
		for b := range m.Bins {
			for c, n := range remaining {
				require.False(t, n > 0 && m.MostOf(c, b) > 0 && m.Launches(b, free, 1) == 1, "bin %d could hold class %d", b, c)
			}
		}
	})
}

// TestPackAfterTheEnd: once the context has ended as many pods are placed, with less than half
// the work.
func TestPackAfterTheEnd(t *testing.T) {
	ended, end := context.WithCancel(context.Background())
	end()
	for _, classes := range []int{100, 400} { // 200 are the most that are all looked at for each pod
		rng := rand.New(rand.NewPCG(1, 2))
		m := &model.Model{Resources: 2, Bins: []model.Bin{{Price: 10, Capacity: []int64{1000, 1000}, Admits: model.ClassesWhere(slices.Repeat([]bool{true}, classes)...)}}}
		for range classes {
			m.Classes = append(m.Classes, model.Class{Count: 1 + rng.Int64N(9), Requests: []int64{1 + rng.Int64N(90), 1 + rng.Int64N(90)}})
		}
		value := slices.Repeat([]int64{1}, classes)
		_, remaining, _, ticks := pack(m, value)
		_, late, _, few := packWithin(ended, m, value)
		require.True(t, model.NoneLeft(remaining))
		require.True(t, model.NoneLeft(late))
		require.Less(t, 2*few, ticks)
	}
}

// TestPackMixes: pods that need much cpu and pods that need much memory share
// nodes.
func TestPackMixes(t *testing.T) {
	m := &model.Model{Resources: 2,
		Classes: []model.Class{{Count: 100, Requests: []int64{3, 1}}, {Count: 100, Requests: []int64{1, 3}}},
		Bins:    []model.Bin{{Price: 1, Capacity: []int64{8, 8}, Admits: model.ClassesWhere(true, true)}}}
	s, _, _, _ := pack(m, []int64{4, 4})
	require.Equal(t, int64(50), s.Cost(m))
}

// TestPackCountsNotPods: ten thousand times the pods are no more work.
func TestPackCountsNotPods(t *testing.T) {
	spent := func(n int64) int64 {
		m := &model.Model{Resources: 1,
			Classes: []model.Class{{Count: 6 * n, Requests: []int64{5}}, {Count: 10 * n, Requests: []int64{3}}},
			Bins:    []model.Bin{{Price: 5, Capacity: []int64{16}, Admits: model.ClassesWhere(true, true)}, {Price: 3, Capacity: []int64{9}, Admits: model.ClassesWhere(true, true)}}}
		_, _, _, ticks := pack(m, []int64{5, 3})
		return ticks
	}
	require.Equal(t, spent(100), spent(1_000_000))
}

// TestPackManyClasses: more classes than are looked at for each pod, which need much
// cpu or much memory, fill nodes nearly as well as if they were cut to pieces.
func TestPackManyClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := &model.Model{Resources: 2, Bins: []model.Bin{{Price: 10, Capacity: []int64{1000, 1000}}, {Price: 6, Capacity: []int64{500, 500}}}}
	var value []int64
	asked := [2]int64{}
	for c := range 500 {
		small, large := 1+rng.Int64N(20), 1+rng.Int64N(100)
		requests := []int64{small, large}
		if c%2 == 0 {
			requests = []int64{large, small}
		}
		m.Classes = append(m.Classes, model.Class{Count: 3, Requests: requests})
		value = append(value, small+large)
		asked[0], asked[1] = asked[0]+3*requests[0], asked[1]+3*requests[1]
	}
	for b := range m.Bins {
		m.Bins[b].Admits = model.ClassesWhere(slices.Repeat([]bool{true}, len(m.Classes))...)
	}
	s, remaining, _, _ := pack(m, value)
	require.NoError(t, s.Check(m))
	require.Zero(t, slices.Max(remaining))
	require.Less(t, s.Cost(m)*1000, max(asked[0], asked[1])*10*105/100)
}
