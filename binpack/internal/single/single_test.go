package single_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/single"
	_ "github.com/stowage/stowage/internal/seed"
)

// oneClass returns a model of n pods; a node of bin b holds holds[b] of them.
func oneClass(n int64, holds, prices []int64) *model.Model {
	m := &model.Model{Resources: 1, Classes: []model.Class{{Count: n, Requests: []int64{1}}}}
	for b := range holds {
		m.Bins = append(m.Bins, model.Bin{Price: prices[b], Capacity: []int64{holds[b]}, Admits: model.ClassesWhere(true)})
	}
	return m
}

func all(m *model.Model) []int {
	bins := make([]int, len(m.Bins))
	for b := range bins {
		bins[b] = b
	}
	return bins
}

// enumerate returns the fewest pods left and the least cost, by trying every
// number of every bin.
func enumerate(m *model.Model) (left, cost int64) {
	left, cost = m.Classes[0].Count, 0
	free := append([]int64(nil), m.Caps...)
	var try func(b int, rest, paid int64)
	try = func(b int, rest, paid int64) {
		rest = max(rest, 0)
		if rest < left || rest == left && paid < cost {
			left, cost = rest, paid
		}
		if b == len(m.Bins) || rest == 0 {
			return
		}
		try(b+1, rest, paid)
		if k := m.MostOf(0, b); k > 0 && m.Launches(b, free, 1) == 1 {
			for _, u := range m.Bins[b].Uses {
				free[u.Cap] -= u.Amount
			}
			try(b, rest-k, paid+m.Bins[b].Price)
			for _, u := range m.Bins[b].Uses {
				free[u.Cap] += u.Amount
			}
		}
	}
	try(0, left, 0)
	return left, cost
}

func TestSolveAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bins := rapid.IntRange(1, 4).Draw(t, "bins")
		holds := rapid.SliceOfN(rapid.Int64Range(0, 9), bins, bins).Draw(t, "holds")
		prices := rapid.SliceOfN(rapid.Int64Range(0, 20), bins, bins).Draw(t, "prices")
		m := oneClass(rapid.Int64Range(1, 25).Draw(t, "n"), holds, prices)
		m.Caps = rapid.SliceOfN(rapid.Int64Range(0, 12), 0, 3).Draw(t, "caps")
		for b := range m.Bins {
			for k := range m.Caps {
				if amount := rapid.Int64Range(0, 4).Draw(t, "use"); amount > 0 {
					m.Bins[b].Uses = append(m.Bins[b].Uses, model.Use{Cap: k, Amount: amount})
				}
			}
		}
		s, ok := single.Solve(m, all(m))
		require.True(t, ok)
		require.NoError(t, s.Check(m))
		left, cost := enumerate(m)
		require.Equal(t, left, s.Left(m)[0])
		require.Equal(t, cost, s.Cost(m))
	})
}

func TestSolveTheWorkshopsPage(t *testing.T) {
	for n, cost := range map[int64]int64{5: 96, 15: 211, 50: 504, 200: 1860} {
		m := oneClass(n, []int64{3, 6, 14, 13}, []int64{85, 96, 126, 192})
		s, ok := single.Solve(m, all(m))
		require.True(t, ok)
		require.NoError(t, s.Check(m))
		require.Zero(t, s.Left(m)[0])
		require.Equal(t, cost, s.Cost(m), "%d pods", n)
	}
}

// TestSolveManyPods: what is cut off a large number must not cost anything, so
// the optima of n and of n plus a full best node differ by its price.
func TestSolveManyPods(t *testing.T) {
	holds, prices := []int64{7, 110, 234, 58}, []int64{51, 770, 1640, 405}
	costs := map[int64]int64{}
	for _, n := range []int64{25_740, 25_850, 1_000_010, 1_000_120} {
		m := oneClass(n, holds, prices)
		s, ok := single.Solve(m, all(m))
		require.True(t, ok)
		require.NoError(t, s.Check(m))
		require.Zero(t, s.Left(m)[0])
		costs[n] = s.Cost(m)
	}
	require.Equal(t, int64(770), costs[25_850]-costs[25_740])
	require.Equal(t, int64(770), costs[1_000_120]-costs[1_000_010])
}

// TestSolveUsesScarceBinsFirst: a bin that is better but limited is launched as
// often as it may be, however many pods there are.
func TestSolveUsesScarceBinsFirst(t *testing.T) {
	m := oneClass(1_000_000, []int64{10, 10}, []int64{100, 10})
	m.Caps = []int64{7}
	m.Bins[1].Uses = []model.Use{{Cap: 0, Amount: 1}}
	s, ok := single.Solve(m, all(m))
	require.True(t, ok)
	require.NoError(t, s.Check(m))
	require.Equal(t, int64(99_993*100+7*10), s.Cost(m))
}

func BenchmarkSolve(b *testing.B) {
	m := oneClass(1_000_000, []int64{29, 58, 234, 737, 110, 343}, []int64{96, 190, 790, 2500, 371, 1157})
	for b.Loop() {
		single.Solve(m, all(m))
	}
}
