package tabu_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/tabu"
	"github.com/stowage/stowage/binpack/internal/work"
)

// packed returns a first solution of m, and a search for other nodes.
func packed(m *model.Model) (model.Solution, *tabu.Search) {
	meter := work.NewMeter(context.Background(), -1)
	bins := m.Prune()
	value, price := make([]int64, len(m.Classes)), make([]int64, len(m.Bins))
	for c := range value {
		value[c] = 1000
	}
	for b := range price {
		price[b] = m.Bins[b].Price
	}
	s := greedy.NewPacker(m, bins, meter).Pack(model.Solution{}.Left(m), model.Solution{}.Free(m), value, price)
	generator := colgen.New(m, bins, meter)
	generator.Add(s)
	x := generator.Solve(s.Left(m), model.Solution{}.Free(m), nil, colgen.Effort{Rounds: 20, Ticks: 1 << 16, Level: colgen.Quick})
	x = generator.Solve(model.Solution{}.Left(m), model.Solution{}.Free(m), nil, colgen.Effort{Rounds: 20, Ticks: 1 << 16, Level: colgen.Quick})
	return s.Normal(), tabu.New(m, x.Duals, generator.Columns, meter)
}

// TestImprove: every solution on the way keeps the rules about nodes, costs less and leaves the same pods.
func TestImprove(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		if rapid.Bool().Draw(t, "plain") {
			m = spread(t)
			m.Rules = nil
			for c := range m.Classes {
				m.Classes[c].OwnsRules, m.Classes[c].InRules = nil, nil
			}
		}
		for c := range m.Classes {
			m.Classes[c].Count *= rapid.Int64Range(1, 5).Draw(t, "times")
		}
		s, search := packed(m)
		require.NoError(t, s.Check(m))
		for {
			next := search.Improve(m, s, nil, nil, 100_000)
			if next == nil {
				return
			}
			require.NoError(t, next.Check(m))
			require.Equal(t, s.Left(m), next.Left(m))
			require.Less(t, next.Cost(m), s.Cost(m))
			s = next.Normal()
			found++
		}
	})
	require.Positive(t, found)
}

// spread draws classes that a rule each spreads over two or three zones, of prices of their own, and one that may be in any.
func spread(t *rapid.T) *model.Model {
	m := &model.Model{Resources: 2}
	zones := rapid.IntRange(2, 3).Draw(t, "zones")
	classes := rapid.IntRange(2, 4).Draw(t, "classes")
	for zone := range zones {
		for _, size := range []int64{10, 20, 40} {
			m.Bins = append(m.Bins, model.Bin{Price: size * int64(100+7*zone), Capacity: []int64{size, 2 * size}, Admits: model.ClassesWhere(slices.Repeat([]bool{true}, classes)...)})
		}
	}
	for c := range classes {
		class := model.Class{Count: rapid.Int64Range(1, 12).Draw(t, "count"), Requests: []int64{rapid.Int64Range(1, 8).Draw(t, "cpu"), rapid.Int64Range(1, 16).Draw(t, "memory")}}
		if c > 0 {
			rule := model.Rule{Kind: model.Spread, Most: rapid.Int64Range(1, 3).Draw(t, "skew"), Before: make([]int64, zones)}
			for b := range m.Bins {
				rule.Domain = append(rule.Domain, b/3)
			}
			class.OwnsRules, class.InRules = []int{c - 1}, []int{c - 1}
			m.Rules = append(m.Rules, rule)
		}
		m.Classes = append(m.Classes, class)
	}
	return m
}

// TestImproveTrades: pods go to other zones on the way as far as rules allow, and where nothing is found none has gone.
func TestImproveTrades(t *testing.T) {
	found, traded := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := spread(t)
		split := cells.New(m, nil)
		s, search := packed(split.Model)
		require.True(t, model.NoneLeft(s.Left(split.Model)))
		for {
			trader := split.Trader()
			if trader == nil {
				return
			}
			next := search.Improve(split.Model, s, nil, trader, 100_000)
			if next == nil {
				require.Equal(t, split.Model.Classes, trader.Split().Model.Classes)
				return
			}
			if !reflect.DeepEqual(split.Model.Classes, trader.Split().Model.Classes) {
				traded++
			}
			split = trader.Split()
			require.NoError(t, next.Check(split.Model))
			require.True(t, model.NoneLeft(next.Left(split.Model)))
			rule, _ := split.Unsplit(next).Broken(m)
			require.Negative(t, rule)
			require.Less(t, next.Cost(m), s.Cost(m))
			s = next.Normal()
			found++
		}
	})
	require.Positive(t, found)
	require.Positive(t, traded)
}

// TestImproveFits: three nodes of 10 hold the pods of a node of 20 and one of 15. A cut that they do not meet keeps them from being tried.
func TestImproveFits(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 3, Requests: []int64{7}}, {Count: 3, Requests: []int64{3}}},
		Bins: []model.Bin{
			{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)},
			{Price: 21, Capacity: []int64{20}, Admits: model.ClassesWhere(true, true)},
			{Price: 15, Capacity: []int64{15}, Admits: model.ClassesWhere(true, true)},
		}}
	on := func(bin int, counts ...int64) model.Column { return model.ColumnOf(bin, 1, counts) }
	for _, c := range []struct {
		name string
		cuts []model.Cut
		cost int64
	}{
		{"no cuts", nil, 30},
		{"met", []model.Cut{{Most: []int64{10, 20, 15}, Least: 30}}, 30},
		{"not met by three nodes of 10", []model.Cut{{Most: []int64{7, 20, 15}, Least: 30}}, 36},
	} {
		s := model.Solution{on(1, 2, 1), on(2, 1, 2)}
		search := tabu.New(m, []float64{7, 3}, []model.Column{on(0, 1, 1), on(1, 2, 2), on(2, 2, 0)}, work.NewMeter(context.Background(), 1_000_000))
		for next := s; next != nil; next = search.Improve(m, s, c.cuts, nil, 1<<40) {
			require.NoError(t, next.Check(m), c.name)
			s = next.Normal()
		}
		require.Equal(t, c.cost, s.Cost(m), c.name)
	}
}

// TestImproveSome: of many nodes some are looked at together.
func TestImproveSome(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 200, Requests: []int64{7}}, {Count: 200, Requests: []int64{3}}},
		Bins: []model.Bin{
			{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)},
			{Price: 21, Capacity: []int64{20}, Admits: model.ClassesWhere(true, true)},
		}}
	s := model.Solution{{Bin: 1, Times: 100, Counts: []model.Count{{Class: 0, N: 2}, {Class: 1, N: 2}}}}
	columns := []model.Column{model.ColumnOf(0, 1, []int64{1, 1}), s[0]}
	search := tabu.New(m, []float64{7, 3}, columns, work.NewMeter(context.Background(), 10_000_000))
	for next := s; next != nil; next = search.Improve(m, s, nil, nil, 1<<40) {
		require.NoError(t, next.Check(m))
		s = next.Normal()
	}
	require.Equal(t, int64(2000), s.Cost(m))
}
