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

// A found column is worth ratio times its price.
type found struct {
	column model.Column
	ratio  float64
}

// newColumns solves the pricing problem: it looks for columns by the duals sep, and adds
// those that pay most by the master's duals pi. It returns how many it added, and
// approximately the bound that sep gives on the program with these sides: the values of
// pods are scaled down until no column pays any more (Farley, A Note on Bounding a Class
// of Linear Programming Problems, 1990); the duals of caps and floors stay. It is
// approximate because the knapsack is a heuristic. Where it looks at some bins only, those
// whose turn it is, the bound is 0: not known.
func (g *Generator) newColumns(pi, sep []float64, sides []int64, effort knapsack.Effort, some bool) (added int, bound float64) {
	demand := sides[:len(g.m.Classes)]
	value := make([]int64, len(demand))
	for c := range value {
		value[c] = int64(float64(sep[c] * valueUnit))
		bound += float64(sep[c] * float64(demand[c]))
	}
	g.filler.Begin(value, demand)
	var best []found
	dearest := 1.0
	looked := 0
	for ; looked < len(g.bins) && !(some && len(best) >= addedPerRound); looked++ {
		b := g.bins[(g.turn+looked)%len(g.bins)]
		if g.meter.Done() {
			return 0, 0 // nothing is known of the rest
		}
		paid, price := g.net(b, pi), g.net(b, sep)
		g.Pricings++
		for i, n := range g.filler.Fill(b, float64(price*valueUnit), effort, g.rng) {
			if i == 0 {
				dearest = max(dearest, float64(n.Worth)/float64(price*valueUnit))
			}
			real := 0.0
			for _, n := range n.Counts {
				real += float64(pi[n.Class] * float64(n.N))
			}
			if ratio := real / paid; ratio > 1+payTol {
				best = append(best, found{model.Column{Bin: b, Counts: n.Counts}, ratio})
			}
		}
	}
	bound /= dearest
	for i := len(demand); i < len(sides); i++ {
		bound += float64(sep[i] * float64(sides[i]))
	}
	if looked < len(g.bins) {
		g.turn, bound = (g.turn+looked)%len(g.bins), 0
	}
	slices.SortStableFunc(best, func(x, y found) int { return -cmp.Compare(x.ratio, y.ratio) })
	for _, f := range best[:min(len(best), addedPerRound)] {
		if g.add(f.column) {
			added++
		}
	}
	return added, bound
}

// net returns the price of a launch of bin b with what it takes of caps and floors at
// the duals of their rows; at least 1.
func (g *Generator) net(b int, pi []float64) float64 {
	price := float64(g.m.Bins[b].Price)
	for _, e := range g.takes[b] {
		price -= float64(pi[e.Row] * e.Value)
	}
	return max(price, 1)
}
