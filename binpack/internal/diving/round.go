package diving

import (
	"cmp"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// integralTol: a value this close below a whole number counts as it.
	integralTol = 1e-6
	// noise is the range of the random factor on a column's part.
	noise = 0.5
)

// A part is what is left of a column's value, rounded down.
type part struct {
	column int
	value  float64
}

// round returns the columns of the program launched whole, rounded down, as often
// as demand and caps allow, and takes them out of the node's demand and caps; if
// they cost less than the part least of what the program costs, those with the largest
// parts once more. It returns which of these
// came first; -1: none.
func (d *Diver) round(n *node, least float64) (s model.Solution, lead int) {
	n.demand, n.free = slices.Clone(n.demand), slices.Clone(n.free)
	var parts []part
	launched, total := 0.0, 0.0
	for j, v := range n.x.Values {
		if v <= integralTol {
			continue
		}
		floor := math.Floor(v + integralTol)
		s = d.launch(s, j, int64(floor), n)
		parts = append(parts, part{j, d.shake(v - floor)})
		price := d.price(j)
		launched, total = launched+float64(floor*price), total+float64(v*price)
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.value, a.value) })
	lead = -1
	for _, p := range parts {
		if len(s) > 0 && launched >= float64(total*least) {
			break
		}
		if len(s) > 0 && p.value <= integralTol || slices.Contains(n.tabu, p.column) {
			continue
		}
		before := len(s)
		if s = d.launch(s, p.column, 1, n); len(s) > before && lead < 0 {
			lead = p.column
		}
		launched += d.price(p.column)
	}
	return s, lead
}

// price returns the price of column j, above 0: steps are measured by it.
func (d *Diver) price(j int) float64 {
	return float64(1 + d.Model.Bins[d.Generator.Columns[j].Bin].Price)
}

// shake returns the value off by a random factor.
func (d *Diver) shake(v float64) float64 {
	if d.Rng == nil {
		return v
	}
	return v * float64(1-float64(noise*d.Rng.Float64()))
}

// launch adds column j to s, times times or as often as demand and caps allow, and takes
// it out of them.
func (d *Diver) launch(s model.Solution, j int, times int64, n *node) model.Solution {
	column := d.Generator.Columns[j]
	times = d.Model.Launches(column.Bin, n.free, times)
	for _, k := range column.Counts {
		times = min(times, n.demand[k.Class]/k.N)
	}
	if times <= 0 {
		return s
	}
	for _, k := range column.Counts {
		n.demand[k.Class] -= k.N * times
	}
	d.Model.Spend(column.Bin, n.free, times)
	column.Times = times
	return append(s, column)
}
