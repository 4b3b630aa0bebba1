package packing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/dominance"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestNear: what is found near launches is a packing within limits that costs less than enough and differs from them by two nodes
// out and one in at most; where nothing is found there is none.
func TestNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, launches := drawn(t)
		p.Caps = []int64{rapid.Int64Range(0, 6).Draw(t, "cap")}
		for n := range p.Nodes {
			p.Nodes[n].Price, p.Nodes[n].Limit = rapid.Int64Range(0, 5).Draw(t, "price"), rapid.Int64Range(0, 3).Draw(t, "limit")
			if amount := rapid.Int64Range(0, 2).Draw(t, "use"); amount > 0 {
				p.Nodes[n].Uses = []dominance.Use{{Cap: 0, Amount: amount}}
			}
		}
		enough := rapid.Int64Range(1, 20).Draw(t, "enough")
		usable := func(y []int64) (price int64, ok bool) {
			used := int64(0)
			for n, number := range y {
				if number < 0 || number > p.Nodes[n].Limit {
					return 0, false
				}
				price += number * p.Nodes[n].Price
				for _, u := range p.Nodes[n].Uses {
					used += number * u.Amount
				}
			}
			return price, used <= p.Caps[0] && price < enough
		}
		least := enough // of all that hold the pods
		var out func(y []int64, outs int)
		out = func(y []int64, outs int) {
			for in := -1; in < len(y); in++ {
				z := slices.Clone(y)
				if in >= 0 {
					z[in]++
				}
				if price, ok := usable(z); ok && price < least && holds(p, z) {
					least = price
				}
			}
			for n := range y {
				if outs < 2 && y[n] > 0 {
					z := slices.Clone(y)
					z[n]--
					out(z, outs+1)
				}
			}
		}
		out(launches, 0)
		a := p.Near(context.Background(), launches, enough, ticks)
		require.Equal(t, least < enough, a.Found != nil)
		if a.Found == nil {
			return
		}
		checked(t, p, nil, a.Found)
		y := make([]int64, len(launches))
		for _, f := range a.Found {
			y[f.Node] += f.Times
		}
		price, _ := usable(y)
		require.LessOrEqual(t, price, least, "the cheapest comes first; perhaps it has nodes to spare")
	})
}
