package integral

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// maxCuts bounds the cuts.
	maxCuts = 100
	// cutTol: what misses a cut by less meets it.
	cutTol = 1e-7
)

// nodes is the program over numbers of nodes: each set of values of pods gives a cut,
//
//	Σ_b K_b·y(b) ≥ V,
//
// K_b the most value of a column of b and V that of all pods. Its variables are these
// numbers, and the weighted sums of them over groups of bins: what is whole of a group, such
// as the cores of a family, is branched on first.
type nodes struct {
	m       *model.Model
	bins    []int
	columns []model.Column
	at      []int       // per column, its bin's place
	cuts    [][]float64 // per bin; the sides are 1
	prices  []float64
	groups  [][]int64    // per bin, what a node counts as in it
	root    *ilp.Tableau // nil: cuts were added since
	program ilp.Tableau
}

func newNodes(m *model.Model, bins []int, columns []model.Column) *nodes {
	p := &nodes{m: m, bins: bins, columns: columns}
	for i := range columns {
		p.at = append(p.at, slices.Index(bins, columns[i].Bin))
	}
	dearest := 0.0
	for _, b := range bins {
		p.prices = append(p.prices, float64(m.Bins[b].Price))
		dearest = max(dearest, float64(m.Bins[b].Price))
	}
	for i := range p.prices {
		p.prices[i] /= dearest
	}
	p.group()
	return p
}

// group puts bins into groups whose prices are nearly multiples of one: of sizes of one
// family.
func (p *nodes) group() {
	price := func(i int) int64 { return p.m.Bins[p.bins[i]].Price }
	var left []int
	for i := range p.bins {
		if price(i) > 0 {
			left = append(left, i)
		}
	}
	slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(price(a), price(b)) })
	for len(left) > 0 {
		first, unit := price(left[0]), int64(0)
		var of, others []int
		for _, i := range left {
			if slices.ContainsFunc(parts[:], func(n int64) bool { return price(i)%first*n%first == 0 }) {
				of, unit = append(of, i), arith.GCD(unit, price(i))
			} else {
				others = append(others, i)
			}
		}
		if left = others; len(of) > 1 {
			weights := make([]int64, len(p.bins))
			for _, i := range of {
				weights[i] = price(i) / unit
			}
			p.groups = append(p.groups, weights)
		}
	}
}

// parts: the other prices of a group are multiples of one of these parts of the first.
var parts = [...]int64{1, 2, 3, 4, 6}

// bounds returns bounds of the variables, for the most nodes of each bin.
func (p *nodes) bounds(most []int64) (low, high []int64) {
	high = slices.Clone(most)
	for _, weights := range p.groups {
		sum := int64(0)
		for i, w := range weights {
			sum += w * most[i]
		}
		high = append(high, sum)
	}
	return make([]int64, len(high)), high
}

// tableau returns the program: rows of the cuts, and two for each group, by which its
// variable is the sum of its nodes.
func (p *nodes) tableau() *ilp.Tableau {
	n := len(p.bins) + len(p.groups)
	var rows [][]float64
	var sides []float64
	for _, gains := range p.cuts {
		rows, sides = append(rows, slices.Concat(gains, make([]float64, len(p.groups)))), append(sides, 1)
	}
	for range 2 {
		for g, weights := range p.groups {
			row := make([]float64, n)
			for i, w := range weights {
				row[i] = -float64(w)
			}
			row[len(p.bins)+g] = 1
			rows, sides = append(rows, row), append(sides, 0)
		}
	}
	return ilp.NewTableau(slices.Concat(p.prices, make([]float64, len(p.groups))), rows, sides, len(p.cuts)+len(p.groups))
}

// cut adds the cut of these values, and reports whether it did.
func (p *nodes) cut(values []float64) bool {
	all := 0.0
	for c, v := range values {
		all += float64(v * float64(p.m.Classes[c].Count))
	}
	if all <= 0 || len(p.cuts) >= maxCuts {
		return false
	}
	gains := make([]float64, len(p.bins))
	for j := range p.columns {
		sum := 0.0
		for _, k := range p.columns[j].Counts {
			sum += float64(values[k.Class] * float64(k.N))
		}
		gains[p.at[j]] = max(gains[p.at[j]], sum/all)
	}
	p.cuts = append(p.cuts, gains)
	p.root = nil
	return true
}

// meets reports whether numbers of nodes meet the cuts from the first on.
func (p *nodes) meets(y []float64, first int) bool {
	for _, gains := range p.cuts[first:] {
		sum := 0.0
		for i, v := range y[:len(p.bins)] {
			sum += float64(gains[i] * v)
		}
		if sum < 1-cutTol {
			return false
		}
	}
	return true
}

// solve returns the numbers of nodes within the bounds that cost least, and the sums of the
// groups; nil: none meet the cuts.
func (p *nodes) solve(low, high []int64) []float64 {
	if p.root == nil {
		p.root = p.tableau()
		p.root.Solve(low, high)
	}
	p.program.Set(p.root)
	p.program.Settle()
	if p.program.Solve(low, high) >= 0 {
		return nil
	}
	return p.program.Launches(low, high)
}
