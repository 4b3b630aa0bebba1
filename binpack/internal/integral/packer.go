package integral

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// firstSteps is how many steps are made at first for given numbers of nodes, and
	// stepsGrow the factor by which they grow.
	firstSteps, stepsGrow = 40, 8
	// elementsPerTick is the number of elements of a tableau that a pivot computes in one
	// tick.
	elementsPerTick = 16
	// freshPivots is the number of pivots after which the tableau is begun anew, against
	// rounding errors.
	freshPivots = 5_000
)

// A packer puts all pods on given numbers of nodes.
type packer struct {
	m       *model.Model
	meter   *work.Meter
	columns []model.Column
	bins    int
	steps   int // for given nodes
	left    int // of these

	root, program ilp.Tableau
	low, high     []int64 // of the columns, then of the bins
	pivots        int     // since the program was begun anew
}

func newPacker(m *model.Model, bins []int, columns []model.Column, meter *work.Meter) *packer {
	p := &packer{m: m, meter: meter, columns: columns, bins: len(bins), steps: firstSteps}
	n, classes := len(columns), len(m.Classes)
	p.low, p.high = make([]int64, n+len(bins)), make([]int64, n+len(bins))
	prices, sides := make([]float64, n+len(bins)), make([]float64, classes+len(bins))
	rows := make([][]float64, len(sides))
	for i := range rows {
		rows[i] = make([]float64, len(prices))
	}
	for c := range classes {
		sides[c] = float64(m.Classes[c].Count)
	}
	for i, b := range bins {
		prices[n+i], rows[classes+i][n+i] = float64(m.Bins[b].Price), 1
	}
	for j := range columns {
		at := slices.Index(bins, columns[j].Bin)
		rows[classes+at][j] = -1
		for _, k := range columns[j].Counts {
			rows[k.Class][j] = float64(k.N)
			p.high[j] = max(p.high[j], arith.CeilDiv(m.Classes[k.Class].Count, k.N))
		}
		p.high[n+at] += p.high[j]
	}
	p.root = *ilp.NewTableau(prices, rows, sides, len(rows))
	p.root.Solve(p.low, p.high)
	p.program.Set(&p.root)
	return p
}

// pack looks for a solution with these numbers of nodes of the bins. Where there is none
// even with parts of columns it returns values of the pods by which they hold too little;
// all tells whether it has looked at all there are.
func (p *packer) pack(y []int64) (found model.Solution, values []float64, all bool) {
	n := len(p.columns)
	most := slices.Clone(p.high[n:])
	defer func() { copy(p.high[n:], most) }()
	clear(p.low[:n])
	copy(p.low[n:], y)
	copy(p.high[n:], y)
	if row := p.solve(); row >= 0 {
		return nil, p.program.Duals(row)[:len(p.m.Classes)], true
	}
	p.left = p.steps
	found = p.branch()
	return found, nil, found != nil || p.left > 0
}

// solve solves the program within the bounds, and returns the row that shows that there is
// no solution; below 0: there is.
func (p *packer) solve() int {
	if p.pivots > freshPivots {
		p.program.Set(&p.root)
		p.pivots = 0
	}
	p.program.Pivots = 0
	p.program.Settle()
	row := p.program.Solve(p.low, p.high)
	p.pivots += p.program.Pivots
	p.meter.Spend((1 + p.program.Pivots) * len(p.low) * (len(p.m.Classes) + p.bins) / elementsPerTick)
	return row
}

// branch looks for whole numbers of columns within the bounds, for which the program is
// solved, depth first.
func (p *packer) branch() model.Solution {
	if p.left--; p.left <= 0 || p.meter.Done() {
		return nil
	}
	x := p.program.Launches(p.low, p.high)[:len(p.columns)]
	at, most := -1, 0.0
	for j, v := range x {
		if part := v - math.Floor(v); !isWhole(v) && part > most {
			at, most = j, part
		}
	}
	if at < 0 {
		return p.solution(x)
	}
	floor, low, high := int64(math.Floor(x[at])), p.low[at], p.high[at]
	defer func() { p.low[at], p.high[at] = low, high }()
	p.low[at] = floor + 1
	if p.solve() < 0 {
		if out := p.branch(); out != nil {
			return out
		}
	}
	if p.left <= 0 {
		return nil
	}
	p.low[at], p.high[at] = low, floor
	if p.solve() < 0 {
		return p.branch()
	}
	return nil
}

// solution returns the solution of these numbers of columns, without pods that more than one
// of them has; nil: it leaves pods.
func (p *packer) solution(x []float64) model.Solution {
	left := model.Solution{}.Left(p.m)
	var out model.Solution
	for j, v := range x {
		for range int64(math.Round(v)) {
			node := model.Column{Bin: p.columns[j].Bin, Times: 1}
			for _, k := range p.columns[j].Counts {
				if n := min(k.N, left[k.Class]); n > 0 {
					left[k.Class] -= n
					node.Counts = append(node.Counts, model.Count{Class: k.Class, N: n})
				}
			}
			if len(node.Counts) > 0 {
				out = append(out, node)
			}
		}
	}
	if !model.NoneLeft(left) {
		return nil
	}
	return out
}
