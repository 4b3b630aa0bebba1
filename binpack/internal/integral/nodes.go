package integral

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxCuts bounds the cuts.
	maxCuts = 100
	// cutTol: what misses a cut by less meets it.
	cutTol = 1e-7
	// mostSteps bounds the first search for the most value of one node, and searchSteps the second.
	mostSteps, searchSteps = 4_000, 30_000
)

// nodes is the program over numbers of nodes: each set of values of pods gives a cut,
//
//	Σ_b K_b·y(b) ≥ V,
//
// K_b the most value that a node of b holds and V that of all pods. Its variables are these
// numbers, and the weighted sums of them over groups of bins: what is whole of a group, such
// as the cores of a family, is branched on first.
type nodes struct {
	m       *model.Model
	bins    []int
	meter   *work.Meter
	cuts    [][]float64 // per bin; the sides are 1
	total   []int64     // per resource, what all pods request
	prices  []float64
	groups  [][]int64   // per bin, what a node counts as in it
	root    *lp.Tableau // nil: cuts were added since
	program lp.Tableau
}

func newNodes(m *model.Model, bins []int, meter *work.Meter) *nodes {
	p := &nodes{m: m, bins: bins, meter: meter}
	p.total = make([]int64, m.Resources)
	for c := range m.Classes {
		for r, q := range m.Classes[c].Requests {
			p.total[r] = arith.Add(p.total[r], arith.Mul(q, m.Classes[c].Count))
		}
	}
	dearest := 0.0
	var all []ilp.Option
	for _, b := range bins {
		all = append(all, ilp.Option{Price: m.Bins[b].Price})
		p.prices = append(p.prices, float64(m.Bins[b].Price))
		dearest = max(dearest, float64(m.Bins[b].Price))
	}
	for i := range p.prices {
		p.prices[i] /= dearest
	}
	p.groups = ilp.Families(all, len(all))
	return p
}

// bounds returns bounds of the variables, for the most nodes of each bin.
func (p *nodes) bounds(most []int64) (low, high []int64) {
	high = slices.Concat(most, ilp.Sums(p.groups, most))
	return make([]int64, len(high)), high
}

// tableau returns the program: rows of the cuts, and one for each group, by which its
// variable is the sum of its nodes.
func (p *nodes) tableau() *lp.Tableau {
	n := len(p.bins) + len(p.groups)
	var rows [][]float64
	var sides []float64
	for _, gains := range p.cuts {
		rows, sides = append(rows, slices.Concat(gains, make([]float64, len(p.groups)))), append(sides, 1)
	}
	for g, weights := range p.groups {
		row := make([]float64, n)
		for i, w := range weights {
			row[i] = -float64(w)
		}
		row[len(p.bins)+g] = 1
		rows, sides = append(rows, row), append(sides, 0)
	}
	t := lp.NewTableau(slices.Concat(p.prices, make([]float64, len(p.groups))), rows, sides, len(p.cuts))
	t.Equate(len(p.groups))
	return t
}

// cut adds the cut of these values, and reports whether it did.
func (p *nodes) cut(values []float64) bool {
	if len(p.cuts) >= maxCuts {
		return false
	}
	items, all := p.items(values)
	if all <= 0 {
		return false
	}
	gains := make([]float64, len(p.bins))
	for i, b := range p.bins {
		node := fill.New(items, p.m.Clamp(b).Capacity)
		most := node.Most(mostSteps)
		steps := most.Steps
		if !most.Exact() {
			steps += node.Search(&most, 0, searchSteps, &fill.Lists{Ended: p.meter.Interrupted})
		}
		p.meter.Spend(fill.StepTicks * steps)
		gains[i] = float64(most.Bound) / float64(all)
	}
	p.cuts = append(p.cuts, gains)
	p.root = nil
	return true
}

// items returns the classes as items of knapsacks, those first that are worth most for their size, and what
// all pods are worth together.
func (p *nodes) items(values []float64) (items []fill.Item, all int64) {
	whole, sizes := p.m.Integral(values, model.FineTotal), make([]float64, len(values))
	for c := range p.m.Classes {
		class := &p.m.Classes[c]
		all += class.Count * whole[c]
		items = append(items, fill.Item{Value: whole[c], Count: class.Count, Requests: class.Requests, Number: c})
		for r, q := range class.Requests {
			sizes[c] += float64(q) / float64(max(p.total[r], 1))
		}
	}
	fill.SortByWorth(items, sizes)
	return items, all
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
