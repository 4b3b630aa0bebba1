package lp_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"

	"github.com/stowage/stowage/binpack/internal/lp"
)

// A table is a program for a Tableau: rows that are at most.
type table struct {
	prices    []float64
	rows      [][]float64
	sides     []float64
	low, high []int64
}

func drawTable(t *rapid.T) table {
	n, number := rapid.IntRange(1, 6).Draw(t, "variables"), rapid.Float64Range(-4, 4)
	p := table{low: make([]int64, n)}
	for range n {
		p.prices = append(p.prices, rapid.Float64Range(0, 3).Draw(t, "price"))
		p.high = append(p.high, rapid.Int64Range(0, 5).Draw(t, "high"))
	}
	for range rapid.IntRange(1, 6).Draw(t, "rows") {
		p.rows = append(p.rows, rapid.SliceOfN(number, n, n).Draw(t, "row"))
		p.sides = append(p.sides, number.Draw(t, "side"))
	}
	return p
}

func (p *table) cost(x []float64) float64 {
	sum := 0.0
	for j, price := range p.prices {
		sum += price * x[j]
	}
	return sum
}

// TestRows: rows that are added between solves make the program that has them from the beginning, and without
// those that are loose its solution costs as much.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawTable(t)
		whole := lp.NewTableau(p.prices, p.rows, p.sides, 0)
		first := rapid.IntRange(0, len(p.rows)).Draw(t, "first")
		grown := lp.NewTableau(p.prices, p.rows[:first], p.sides[:first], 0)
		grown.Solve(p.low, p.high)
		for i := first; i < len(p.rows); i++ {
			grown.Add(p.rows[i], p.sides[i])
			if rapid.Bool().Draw(t, "solve") {
				grown.Solve(p.low, p.high)
			}
		}
		expected, got := whole.Solve(p.low, p.high), grown.Solve(p.low, p.high)
		require.Equal(t, expected == lp.Optimal, got == lp.Optimal)
		if got != lp.Optimal {
			return
		}
		cost := p.cost(whole.Launches(p.low, p.high))
		require.InDelta(t, cost, p.cost(grown.Launches(p.low, p.high)), 1e-6)

		stay := grown.DropLoose(first)
		for i := range first {
			require.Equal(t, i, stay[i])
		}
		require.Len(t, grown.Basic(), len(stay))
		require.Equal(t, lp.Optimal, grown.Solve(p.low, p.high))
		require.InDelta(t, cost, p.cost(grown.Launches(p.low, p.high)), 1e-6)
		for row, v := range grown.Basic() { // its row is that sum of rows in which no other basic variable is
			sum := make([]float64, len(p.prices))
			for i, m := range grown.Multipliers(row) {
				for j, a := range p.rows[stay[i]] {
					sum[j] += m * a
				}
			}
			for j := range sum {
				if j == v {
					require.InDelta(t, 1, sum[j], 1e-6)
				} else if slices.Contains(grown.Basic(), j) {
					require.InDelta(t, 0, sum[j], 1e-6)
				}
			}
		}
	})
}
