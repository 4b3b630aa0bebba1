package lp

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSetSides: with other costs of uncovered rows a program has the same cost as one that
// is made with them, and no dual is higher than its row's.
func TestSetSides(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	some := 0
	for range 2000 {
		rows, cost, a := randomProgram(rng)
		p := newMaster(rows, smallRows*rng.IntN(2))
		for j := range a {
			p.Add(cost[j], entries(a[j]))
		}
		require.True(t, p.Solve(1000))
		sides := make([]float64, len(rows))
		for i := range rows {
			if sides[i] = rows[i].Side; !rows[i].AtMost {
				sides[i] = 3 * rng.Float64()
			} else {
				sides[i] = 0
			}
			rows[i].Side = sides[i]
		}
		p.SetSides(sides)
		require.True(t, p.Solve(1000))
		fresh := New(rows)
		for j := range a {
			fresh.Add(cost[j], entries(a[j]))
		}
		require.True(t, fresh.Solve(1000))
		require.InDelta(t, fresh.Cost(), p.Cost(), 1e-6*(1+fresh.Cost()))
		uncovered := Uncovered(p, len(rows))
		for i, dual := range p.Duals() {
			if rows[i].AtMost {
				continue
			}
			require.LessOrEqual(t, dual, sides[i]+1e-7)
			if uncovered[i] {
				some++
				require.InDelta(t, sides[i], dual, 1e-7)
			}
		}
	}
	require.Positive(t, some)
}
