package integral_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/integral"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

// search returns a search of the model for what costs less than cost, by the duals of its
// program over columns.
func search(m *model.Model, bins []int, cost int64) *integral.Search {
	meter := work.NewMeter(context.Background(), -1)
	x := colgen.New(m, bins, meter).Solve(model.Solution{}.Left(m), nil, nil, colgen.Effort{Rounds: colgen.MaxRounds, Ticks: 1 << 18, Level: colgen.Quick})
	return integral.New(m, bins, x.Duals, cost, meter)
}

// TestFindsTheOptimum: what costs one more than the least price of all plans is bettered to
// that price, and what costs the least price is not.
func TestFindsTheOptimum(t *testing.T) {
	found, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := &model.Model{Resources: 2}
		in := &bound.Instance{}
		amounts := func(least, most int64) []int64 {
			return rapid.SliceOfN(rapid.Int64Range(least, most), 2, 2).Draw(t, "amounts")
		}
		for range rapid.IntRange(2, 3).Draw(t, "classes") {
			m.Classes = append(m.Classes, model.Class{Count: rapid.Int64Range(1, 2).Draw(t, "count"), Requests: amounts(1, 6)})
			last := m.Classes[len(m.Classes)-1]
			in.Kinds = append(in.Kinds, bound.Kind{Count: last.Count, Requests: last.Requests})
		}
		admits := slices.Repeat([]bool{true}, len(m.Classes))
		var bins []int
		for b, size := range []int64{6, 7, 12} {
			price := rapid.Int64Range(size, 2*size).Draw(t, "price")
			m.Bins = append(m.Bins, model.Bin{Price: price, Capacity: amounts(size, size+3), Admits: model.ClassesWhere(admits...)})
			in.Nodes = append(in.Nodes, bound.Node{Price: price, Capacity: m.Bins[b].Capacity, Admits: admits, Limit: bound.Unlimited})
			bins = append(bins, b)
		}
		left, least := brute.Best(in)
		require.Zero(t, left)
		for cost := least; cost <= least+1; cost++ {
			got := cost
			for s := search(m, bins, cost); s != nil && !s.Done(); {
				if out := s.Improve(got, 1<<22); out != nil {
					got = out.Cost(m)
				}
			}
			require.LessOrEqual(t, least, got)
			if cost > least {
				all++
			}
			if got == least && cost > least {
				found++
			}
		}
	})
	require.Greater(t, 10*found, 9*all) // the duals are those of a heuristic
}

// TestSolutionsAreSound: what is found places all pods, keeps the rules of the model and
// costs less than was asked for.
func TestSolutionsAreSound(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		m.Caps, m.Groups, m.Gangs = nil, nil, 0
		for c := range m.Classes {
			m.Classes[c].Owns, m.Classes[c].In = nil, nil
		}
		var bins []int
		for b := range m.Bins {
			m.Bins[b].Uses = nil
			m.Bins[b].Price++
			bins = append(bins, b)
		}
		if !integral.Small(m, bins) {
			t.Skip()
		}
		cost := rapid.Int64Range(1, 2000).Draw(t, "cost")
		s := search(m, bins, cost)
		if s == nil {
			return
		}
		for before := cost; !s.Done(); {
			if out := s.Improve(before, 1<<22); out != nil {
				require.NoError(t, out.Check(m))
				require.True(t, model.NoneLeft(out.Left(m)))
				require.Less(t, out.Cost(m), before)
				before = out.Cost(m)
				found++
			}
		}
	})
	require.Positive(t, found)
}
