package lp

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSetDemand: with other right-hand sides and without some columns a program has the same
// cost as one that is made for them.
func TestSetDemand(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		rows, cost, a := randomProgram(rng)
		p := newMaster(rows, smallRows*rng.IntN(2))
		for j := range a {
			p.Add(cost[j], entries(a[j]))
		}
		for range 4 {
			require.True(t, p.Solve(1000))
			b := make([]float64, len(rows))
			for i := range rows {
				rows[i].B = float64(rng.IntN(100))
				if rng.IntN(3) == 0 {
					rows[i].B = 0
				}
				b[i] = rows[i].B
			}
			banned := make([]bool, len(a))
			for j := range banned {
				banned[j] = rng.IntN(4) == 0
				p.Ban(j, banned[j])
			}
			p.SetDemand(b, 1000)
			require.True(t, p.Solve(1000))
			fresh := New(rows)
			for j := range a {
				if !banned[j] {
					fresh.Add(cost[j], entries(a[j]))
				}
			}
			require.True(t, fresh.Solve(1000))
			for j, x := range p.Values() {
				require.False(t, banned[j] && x > 1e-6)
			}
			require.InDelta(t, fresh.Cost(), p.Cost(), 1e-6*(1+fresh.Cost()))
		}
	}
}
