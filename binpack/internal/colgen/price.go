package colgen

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/knapsack"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// valueUnit is what a dual of one unit of price counts as in whole values.
	valueUnit = 1 << 10
	// payTol: a column joins when it is worth more than (1+payTol) times its
	// price.
	payTol = 1e-6
	// addedPerRound is the most columns that join at once.
	addedPerRound = 24
)

// A found column is worth so many times its price.
type found struct {
	column model.Column
	ratio  float64
}

// price looks for columns by the duals sep, and adds those
// that pay most by the master's duals pi. It returns how many, and about
// which bound on the program sep gives (Farley, A Note on Bounding a Class of
// Linear Programming Problems, 1990): the knapsack is a heuristic, so no more
// than about.
func (g *Generator) price(pi, sep []float64, demand []int64, effort knapsack.Effort) (added int, bound float64) {
	classes := len(demand)
	value := make([]int64, classes)
	for c := range value {
		value[c] = int64(float64(sep[c] * valueUnit))
		bound += float64(sep[c] * float64(demand[c]))
	}
	g.filler.Begin(value, demand)
	var best []found
	dearest := 1.0
	for _, b := range g.bins {
		price := float64(g.m.Bins[b].Price)
		for _, u := range g.m.Bins[b].Uses {
			price -= float64(pi[classes+u.Cap] * float64(u.Amount))
		}
		price = max(price, 1)
		g.Pricings++
		for i, n := range g.filler.Fill(b, float64(price*valueUnit), effort, g.rng) {
			if i == 0 {
				dearest = max(dearest, float64(n.Worth)/float64(price*valueUnit))
			}
			real := 0.0
			for _, n := range n.Counts {
				real += float64(pi[n.Class] * float64(n.N))
			}
			if ratio := real / price; ratio > 1+payTol {
				best = append(best, found{model.Column{Bin: b, Counts: n.Counts}, ratio})
			}
		}
	}
	slices.SortStableFunc(best, func(x, y found) int { return -cmp.Compare(x.ratio, y.ratio) })
	for _, f := range best[:min(len(best), addedPerRound)] {
		if g.add(f.column) {
			added++
		}
	}
	return added, bound / dearest
}
