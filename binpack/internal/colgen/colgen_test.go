package colgen_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

var thorough = colgen.Effort{Rounds: 1000, Ticks: 1 << 40, Level: colgen.Thorough}

// optimum solves the program over all columns there are.
func optimum(m *model.Model, side float64) float64 {
	var rows []lp.Row
	for _, c := range m.Classes {
		rows = append(rows, lp.Row{B: float64(c.Count), Side: side})
	}
	for _, limit := range m.Caps {
		rows = append(rows, lp.Row{B: float64(limit), AtMost: true})
	}
	master := lp.New(rows)
	for b := range m.Bins {
		modeltest.Fillings(m, b, func(counts []model.Count) {
			var entries []lp.Entry
			for _, n := range counts {
				entries = append(entries, lp.Entry{Row: n.Class, Value: float64(n.N)})
			}
			for _, u := range m.Bins[b].Uses {
				entries = append(entries, lp.Entry{Row: len(m.Classes) + u.Cap, Value: float64(u.Amount)})
			}
			if len(counts) > 0 {
				master.Add(float64(m.Bins[b].Price), entries)
			}
		})
	}
	master.Solve(10_000)
	return master.Cost()
}

// TestSolveAgainstAllColumns: on small models the generated columns are enough
// for the optimum over all columns, and the duals are worth it; also where they are kept
// near some centre, and rounds look at some bins only.
func TestSolveAgainstAllColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		m.Caps = nil
		dearest := int64(1)
		for b := range m.Bins {
			m.Bins[b].Uses = nil
			m.Bins[b].Price++ // a row that is free to cover has no dual to speak of
			dearest = max(dearest, m.Bins[b].Price)
		}
		for c := range m.Classes {
			reachable := false
			for b := range m.Bins {
				reachable = reachable || m.MostOf(c, b) > 0
			}
			if !reachable {
				return
			}
		}
		bins := m.Prune()
		g := colgen.New(m, bins, work.NewMeter(context.Background(), -1))
		g.Boxed = rapid.Bool().Draw(t, "boxed")
		effort := colgen.Effort{Rounds: colgen.MaxRounds, Ticks: 1 << 40, Level: colgen.Thorough, Some: rapid.Bool().Draw(t, "some")}
		var center []float64
		for range m.Classes {
			center = append(center, float64(rapid.IntRange(0, 100).Draw(t, "center"))/10)
		}
		x := g.Solve(model.Solution{}.Left(m), nil, center, effort)
		primal, dual := 0.0, 0.0
		for j, v := range x.Values {
			primal += v * float64(m.Bins[g.Columns[j].Bin].Price)
			require.NoError(t, model.Solution{{Bin: g.Columns[j].Bin, Times: 1, Counts: g.Columns[j].Counts}}.Check(m))
		}
		for c, v := range x.Duals {
			dual += v * float64(m.Classes[c].Count)
		}
		want := optimum(m, float64(2*dearest+1))
		require.InDelta(t, want, primal, 0.01*want)
		require.InDelta(t, primal, dual, 1e-6*(1+primal))
	})
}

// TestSolveUnderCaps: a cheap bin that may be launched twice is launched twice,
// and its cap has a price.
func TestSolveUnderCaps(t *testing.T) {
	m := &model.Model{Resources: 1, Caps: []int64{2},
		Classes: []model.Class{{Count: 40, Requests: []int64{1}}},
		Bins: []model.Bin{
			{Price: 1000, Capacity: []int64{10}, Admits: model.ClassesWhere(true), Uses: []model.Use{{Cap: 0, Amount: 1}}},
			{Price: 3000, Capacity: []int64{10}, Admits: model.ClassesWhere(true)}}}
	g := colgen.New(m, []int{0, 1}, work.NewMeter(context.Background(), -1))
	x := g.Solve([]int64{40}, m.Caps, []float64{200}, thorough)
	used := map[int]float64{}
	for j, v := range x.Values {
		used[g.Columns[j].Bin] += v
	}
	require.InDelta(t, 2, used[0], 1e-6)
	require.InDelta(t, 2, used[1], 1e-6)
	require.InDelta(t, 300, x.Duals[0], 1e-3, "a pod more is paid at the dear bin's price")
}

// TestSolveBesideFreeNodes: a pod that fits on an existing node is worth what a
// launch for it costs, where that node does not hold all of its kind.
func TestSolveBesideFreeNodes(t *testing.T) {
	m := &model.Model{Resources: 1, Caps: []int64{1},
		Classes: []model.Class{{Count: 45, Requests: []int64{1}}},
		Bins: []model.Bin{
			{Price: 0, Capacity: []int64{5}, Admits: model.ClassesWhere(true), Uses: []model.Use{{Cap: 0, Amount: 1}}},
			{Price: 1000, Capacity: []int64{10}, Admits: model.ClassesWhere(true)}}}
	g := colgen.New(m, []int{0, 1}, work.NewMeter(context.Background(), -1))
	x := g.Solve([]int64{45}, m.Caps, []float64{100}, thorough)
	require.InDelta(t, 4000, x.Cost, 1e-2)
	require.InDelta(t, 100, x.Duals[0], 1e-3)
}
