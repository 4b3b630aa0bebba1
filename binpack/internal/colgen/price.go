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

// A look is what looking for columns by some duals gave.
type look struct {
	added int     // columns
	bound float64 // about what the duals prove of the program; 0: not known
	more  bool    // duals that are nearer to the master's prove more, as far as the slope here tells
}

// A tight column is worth most of what it costs by some duals.
type tight struct {
	found
	price float64
}

// newColumns solves the pricing problem: it looks for columns by the duals sep, between the centre and the
// master's duals pi, and adds those that pay most by pi. The bound is that of sep on the program with these
// sides: the values of pods are scaled down until no column pays any more (Farley, A Note on Bounding a Class
// of Linear Programming Problems, 1990); the duals of caps and floors stay, but a cap that counts the launches
// of one bin alone, as of an existing node, is worth in sep what these launches are worth beyond their price. The bound is
// approximate because the knapsack is a heuristic. Where it looks at some bins only, those
// whose turn it is, the bound is not known.
func (g *Generator) newColumns(pi, sep, center []float64, sides []int64, effort knapsack.Effort, some bool) (l look) {
	demand := sides[:len(g.m.Classes)]
	value := make([]int64, len(demand))
	worth := 0.0
	for c := range value {
		value[c] = int64(float64(sep[c] * valueUnit))
		worth += float64(sep[c] * float64(demand[c]))
	}
	g.filler.Begin(value, demand)
	var best []found
	dearest := tight{found{ratio: 1}, 1}
	looked := 0
	for ; looked < len(g.bins) && !(some && len(best) >= addedPerRound); looked++ {
		b := g.bins[(g.turn+looked)%len(g.bins)]
		if g.meter.Done() {
			return look{} // nothing is known of the rest
		}
		paid, price := g.net(b, pi), g.net(b, sep)
		g.Pricings++
		for i, n := range g.filler.Fill(b, float64(price*valueUnit), effort, g.rng) {
			j := model.Column{Bin: b, Counts: n.Counts}
			if real := worthOf(&j, pi) / paid; real > 1+payTol {
				best = append(best, found{j, real})
			}
			filled := float64(n.Worth) / valueUnit
			switch {
			case i > 0 || filled <= price:
			case g.adapts && g.own[b].Value > 0:
				sep[g.own[b].Row] -= (filled - price) / g.own[b].Value
			case filled/price > dearest.ratio:
				dearest = tight{found{j, filled / price}, price}
			}
		}
	}
	l.more = g.adapts && g.rises(pi, center, sides, worth, dearest)
	if looked < len(g.bins) {
		g.turn = (g.turn + looked) % len(g.bins)
	} else {
		l.bound = worth / dearest.ratio
		for i := len(demand); i < len(sides); i++ {
			l.bound += float64(sep[i] * float64(sides[i]))
		}
	}
	slices.SortStableFunc(best, func(x, y found) int { return -cmp.Compare(x.ratio, y.ratio) })
	for _, f := range best[:min(len(best), addedPerRound)] {
		if g.add(f.column) {
			l.added++
		}
	}
	return l
}

// rises reports whether the bound rises from some duals on in the direction from the centre to the master's duals pi. By
// these duals all pods are worth so much, and the bound is worth/ratio and what caps add, with the ratio of the dearest column: its
// derivative decides, where that column stays the dearest. A centre that knows no duals of caps leaves them out.
func (g *Generator) rises(pi, center []float64, sides []int64, worth float64, dearest tight) bool {
	way := slices.Clone(pi[:len(center)])
	for i, v := range center {
		way[i] -= v
	}
	demand := min(len(g.m.Classes), len(way))
	slope := 0.0
	for i, v := range way {
		if i < demand {
			v /= dearest.ratio
		}
		slope += float64(v * float64(sides[i]))
	}
	grows := 0.0
	if dearest.column.Counts != nil {
		grows = worthOf(&dearest.column, way)
		for _, e := range g.takes[dearest.column.Bin] {
			if e.Row < len(way) {
				grows += float64(dearest.ratio * float64(way[e.Row]*e.Value))
			}
		}
	}
	return slope > worth/(dearest.ratio*dearest.ratio)*grows/dearest.price
}

// worthOf returns what the pods of a column are worth.
func worthOf(j *model.Column, values []float64) float64 {
	sum := 0.0
	for _, n := range j.Counts {
		sum += float64(values[n.Class] * float64(n.N))
	}
	return sum
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
