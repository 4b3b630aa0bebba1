package branchcut

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// draw returns a program that is small enough to enumerate.
func draw(t *rapid.T) *Program {
	p := &Program{}
	for range rapid.IntRange(1, 5).Draw(t, "numbers") {
		p.Most = append(p.Most, rapid.Int64Range(0, 4).Draw(t, "most"))
		p.Weights = append(p.Weights, rapid.Float64Range(0, 2).Draw(t, "weight"))
	}
	for range rapid.IntRange(1, 4).Draw(t, "rows") {
		r := Row{Side: rapid.Int64Range(-10, 40).Draw(t, "side"), Equal: rapid.Bool().Draw(t, "equal")}
		for range p.Most {
			r.Coefficients = append(r.Coefficients, rapid.Int64Range(-9, 15).Draw(t, "coefficient"))
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

// each calls do with all numbers within the bounds that meet the rows.
func (p *Program) each(do func(x []int64)) {
	x := make([]int64, len(p.Most))
	var from func(j int)
	from = func(j int) {
		if j == len(x) {
			if p.meets(x) {
				do(x)
			}
			return
		}
		for x[j] = 0; x[j] <= p.Most[j]; x[j]++ {
			from(j + 1)
		}
	}
	from(0)
}

// TestSolve: numbers are found, or refuted, exactly where enumeration says so.
func TestSolve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, exist := draw(t), false
		p.each(func([]int64) { exist = true })
		a := p.Solve(context.Background(), 1_000_000)
		require.Equal(t, exist, a.Found != nil)
		require.Equal(t, !exist, a.Infeasible)
		if exist {
			require.True(t, p.meets(a.Found))
			for j, n := range a.Found {
				require.True(t, n >= 0 && n <= p.Most[j])
			}
		}
	})
}

// TestCutShort: what is cut short says nothing that is wrong.
func TestCutShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, exist := draw(t), false
		p.each(func([]int64) { exist = true })
		a := p.Solve(context.Background(), rapid.IntRange(0, 30).Draw(t, "ticks"))
		require.False(t, exist && a.Infeasible)
		require.True(t, a.Found == nil || p.meets(a.Found))
	})
}

// TestRounding: numbers that meet the rows meet all cuts of them, and of cuts, whatever the multipliers.
func TestRounding(t *testing.T) {
	cuts := 0
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		l := p.root(0)
		for range rapid.IntRange(1, 4).Draw(t, "cuts") {
			multipliers, x := make([]float64, len(l.rows)), make([]float64, len(p.Most))
			for i := range multipliers {
				multipliers[i] = rapid.Float64Range(-3, 3).Draw(t, "multiplier")
			}
			for j := range x {
				x[j] = float64(rapid.SampledFrom([]int64{l.low[j], l.high[j]}).Draw(t, "x"))
			}
			if c, ok := l.rounding(multipliers, x); ok {
				p.each(func(x []int64) { require.True(t, (&Program{Rows: []Row{c}}).meets(x)) })
				l.add(c)
				cuts++
			}
		}
	})
	require.True(t, testing.Short() || cuts > 0)
}

// TestSolveEnds: with the context, and after its ticks.
func TestSolveEnds(t *testing.T) {
	p := &Program{Most: []int64{9, 9}, Weights: []float64{1, 1}, Rows: []Row{{Coefficients: []int64{2, 2}, Side: 7, Equal: true}}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Equal(t, Answer{}, p.Solve(ctx, 1_000_000))
	require.False(t, p.Solve(context.Background(), -1).Infeasible)
	require.True(t, p.Solve(context.Background(), 1_000_000).Infeasible)
}
