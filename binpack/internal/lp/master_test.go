package lp

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	oracle "gonum.org/v1/gonum/optimize/convex/lp"
)

// randomProgram returns a dense program whose side variables are dear. One row
// in five is at most.
func randomProgram(rng *rand.Rand) (rows []Row, cost []float64, a [][]float64) {
	m, n := 1+rng.IntN(8), 1+rng.IntN(30)
	for range m {
		rows = append(rows, Row{B: float64(rng.IntN(100)), AtMost: rng.IntN(5) == 0, Side: 1e4})
	}
	for range n {
		column := make([]float64, m)
		for i := range column {
			if rng.IntN(3) > 0 {
				column[i] = float64(rng.IntN(10))
			}
		}
		a, cost = append(a, column), append(cost, float64(1+rng.IntN(20)))
	}
	return rows, cost, a
}

func entries(column []float64) []Entry {
	var out []Entry
	for i, v := range column {
		if v != 0 {
			out = append(out, Entry{i, v})
		}
	}
	return out
}

// TestSolveCertifiesItself checks random programs against their own duals: equal
// costs and feasibility on both sides prove an optimum without an oracle.
func TestSolveCertifiesItself(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		rows, cost, a := randomProgram(rng)
		p := newMaster(rows, smallRows*rng.IntN(2))
		for j := range a { // added one by one, as column generation does
			p.Add(cost[j], entries(a[j]))
			if rng.IntN(3) == 0 {
				require.True(t, p.Solve(1000))
			}
		}
		require.True(t, p.Solve(1000))
		pi, x := p.Duals(), p.Values()
		dual := 0.0
		for i, row := range rows {
			if row.AtMost {
				require.LessOrEqual(t, pi[i], 1e-7)
			} else {
				require.GreaterOrEqual(t, pi[i], -1e-7)
				require.LessOrEqual(t, pi[i], row.Side+1e-7)
			}
			dual += pi[i] * row.B
		}
		require.InDelta(t, dual, p.Cost(), 1e-6*(1+dual))
		primal := 0.0
		for j := range a {
			worth := 0.0
			for i := range rows {
				worth += pi[i] * a[j][i]
			}
			require.LessOrEqual(t, worth, cost[j]+1e-6, "column %d still pays", j)
			require.GreaterOrEqual(t, x[j], 0.0)
			primal += cost[j] * x[j]
		}
		require.LessOrEqual(t, primal, p.Cost()+1e-6*(1+dual))
		for i, row := range rows {
			sum := 0.0
			for j := range a {
				sum += a[j][i] * x[j]
			}
			require.False(t, row.AtMost && sum > row.B+1e-6, "row %d is over", i)
		}
	}
}

func TestSolveAgainstGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for range 300 {
		rows, cost, a := randomProgram(rng)
		m, n := len(rows), len(a)
		p := newMaster(rows, smallRows*rng.IntN(2))
		dense := mat.NewDense(m, n+2*m, nil)
		costs := make([]float64, n+2*m)
		for j := range a {
			p.Add(cost[j], entries(a[j]))
			costs[j] = cost[j]
			for i := range rows {
				dense.Set(i, j, a[j][i])
			}
		}
		first, b := make([]int, m), make([]float64, m)
		for i, row := range rows {
			dense.Set(i, n+i, 1)
			dense.Set(i, n+m+i, -1)
			costs[n+i] = row.Side
			if row.AtMost {
				costs[n+i], costs[n+m+i] = 0, 1e9 // a surplus that never pays
			}
			first[i], b[i] = n+i, row.B
		}
		require.True(t, p.Solve(1000))
		want, _, err := oracle.Simplex(costs, dense, b, 1e-10, first)
		if err != nil {
			continue // the oracle gives up on some degenerate programs
		}
		compared++
		require.InDelta(t, want, p.Cost(), 1e-6*(1+want))
	}
	require.Greater(t, compared, 100)
}

func TestWarmStartNeedsFewPivots(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	m := 60
	rows := make([]Row, m)
	for i := range rows {
		rows[i] = Row{B: float64(1 + rng.IntN(50)), Side: 1e3}
	}
	p := New(rows)
	random := func() []Entry {
		column := make([]float64, m)
		for i := range column {
			if rng.IntN(5) == 0 {
				column[i] = float64(1 + rng.IntN(5))
			}
		}
		return entries(column)
	}
	for range 400 {
		p.Add(10, random())
	}
	require.True(t, p.Solve(10000))
	cold := p.Pivots
	require.Greater(t, cold, m/2)
	p.Add(10, random())
	require.True(t, p.Solve(10000))
	require.Less(t, p.Pivots-cold, cold/4)
}
