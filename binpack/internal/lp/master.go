package lp

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// dualTol: a column enters when its reduced cost is below -dualTol times
	// the scale of its cost.
	dualTol = 1e-9
	// pivotTol: a smaller element of the entering column is taken for zero.
	pivotTol = 1e-9
	// ratioTol: ratios closer than this are ties; the larger pivot decides.
	ratioTol = 1e-12
	// refactorEvery bounds the rounding errors that updates of the inverse
	// gather: after so many pivots it is computed afresh.
	refactorEvery = 100
	// stallLimit is the number of pivots without gain after which Bland's
	// rule takes over, until one gains.
	stallLimit = 40
)

// An Entry is a coefficient of a column.
type Entry struct {
	Row   int
	Value float64
}

type column struct {
	cost    float64
	entries []Entry
}

// A Master is a covering program with the basis of its last solve.
type Master struct {
	Pivots int // done so far

	b       []float64
	columns []column // rows' side variables and surpluses, then what was added
	basis   []int    // per row, the column that is basic there
	basic   []bool
	inverse blas64.General // of the basis
	x       []float64      // values of the basis
	pi      []float64
	since   int // pivots since the inverse was computed afresh
	stalled int // pivots without gain
}

// A Row is one of the program's constraints.
type Row struct {
	B      float64 // right-hand side, ≥ 0
	AtMost bool    // A·x ≤ B; else A·x ≥ B
	Side   float64 // cost per unit to leave A·x ≥ B uncovered
}

// New returns a program with these rows and without columns.
func New(rows []Row) *Master {
	m := len(rows)
	p := &Master{
		basis:   make([]int, m),
		inverse: blas64.General{Rows: m, Cols: m, Stride: max(m, 1), Data: make([]float64, m*m)},
		pi:      make([]float64, m),
		columns: make([]column, 2*m),
		basic:   make([]bool, 2*m),
	}
	for i, row := range rows {
		p.b = append(p.b, row.B)
		if row.AtMost { // the side variable is the slack; there is no surplus
			p.columns[i] = column{0, []Entry{{i, 1}}}
		} else {
			p.columns[i] = column{row.Side, []Entry{{i, 1}}}
			p.columns[m+i] = column{0, []Entry{{i, -1}}}
		}
		p.basis[i], p.basic[i] = i, true
		p.inverse.Data[i*m+i] = 1
	}
	p.x = slices.Clone(p.b)
	p.setDuals()
	return p
}

// Add adds a column. It enters the basis at the next solve, if it pays.
func (p *Master) Add(cost float64, entries []Entry) {
	p.columns = append(p.columns, column{cost, entries})
	p.basic = append(p.basic, false)
}

// Duals returns the shadow prices of the rows, valid until the next solve: ≥ 0,
// of rows that are at most ≤ 0.
func (p *Master) Duals() []float64 { return p.pi }

// Cost returns the cost of the last solve.
func (p *Master) Cost() float64 {
	cost := 0.0
	for i, j := range p.basis {
		cost += float64(p.columns[j].cost * p.x[i])
	}
	return cost
}

// Values returns the values of the added columns, in the order of their
// addition.
func (p *Master) Values() []float64 {
	values := make([]float64, len(p.columns)-2*len(p.b))
	for i, j := range p.basis {
		if k := j - 2*len(p.b); k >= 0 {
			values[k] = max(p.x[i], 0)
		}
	}
	return values
}

// Solve pivots until no column pays, at most limit times, and reports whether
// it got there.
func (p *Master) Solve(limit int) bool {
	for range limit {
		j := p.entering()
		if j < 0 {
			return true
		}
		if !p.pivot(j) {
			return false
		}
	}
	return false
}

// entering returns the column to enter the basis, or -1.
func (p *Master) entering() int {
	best, least := -1, 0.0
	for j := range p.columns {
		if p.basic[j] {
			continue
		}
		c := &p.columns[j]
		d, size := c.cost, c.cost
		for _, e := range c.entries {
			d -= float64(p.pi[e.Row] * e.Value)
		}
		if size == 0 {
			size = 1
		}
		if d >= -float64(dualTol*size) {
			continue
		}
		if p.stalled > stallLimit {
			return j
		}
		if d < least {
			best, least = j, d
		}
	}
	return best
}

// pivot brings column j into the basis. It reports false where nothing leaves:
// then the program has no least cost, which a covering program with costs ≥ 0
// only shows through rounding errors.
func (p *Master) pivot(j int) bool {
	m := len(p.b)
	d := make([]float64, m) // the entering column in terms of the basis
	for _, e := range p.columns[j].entries {
		for i := range d {
			d[i] += float64(p.inverse.Data[i*m+e.Row] * e.Value)
		}
	}
	leave, ratio := -1, 0.0
	for i := range d {
		if d[i] <= pivotTol {
			continue
		}
		t := max(p.x[i], 0) / d[i]
		switch {
		case leave < 0 || t < ratio-ratioTol:
			leave, ratio = i, t
		case t <= ratio+ratioTol && p.prefer(i, leave, d):
			leave, ratio = i, min(t, ratio)
		}
	}
	if leave < 0 {
		return false
	}
	if ratio <= ratioTol {
		p.stalled++
	} else {
		p.stalled = 0
	}
	p.basic[p.basis[leave]], p.basic[j] = false, true
	p.basis[leave] = j
	p.Pivots++
	p.since++
	if p.since >= refactorEvery && p.refactor() {
		return true
	}
	p.update(d, leave)
	return true
}

// prefer decides ties of the ratio test between rows i and k.
func (p *Master) prefer(i, k int, d []float64) bool {
	if p.stalled > stallLimit {
		return p.basis[i] < p.basis[k] // Bland
	}
	return d[i] > d[k]
}

// update replaces row leave of the basis by the column whose terms are d.
func (p *Master) update(d []float64, leave int) {
	m := len(p.b)
	row := p.inverse.Data[leave*m : leave*m+m]
	floats.Scale(1/d[leave], row)
	p.x[leave] = max(p.x[leave], 0) / d[leave]
	pivot := d[leave]
	d[leave] = 0
	blas64.Ger(-1, blas64.Vector{N: m, Inc: 1, Data: d}, blas64.Vector{N: m, Inc: 1, Data: slices.Clone(row)}, p.inverse)
	for i := range d {
		p.x[i] -= float64(d[i] * p.x[leave])
	}
	d[leave] = pivot
	p.setDuals()
}

// refactor computes the inverse, the values and the duals afresh. It reports
// false, and changes nothing, where the basis is too near to singular.
func (p *Master) refactor() bool {
	m := len(p.b)
	basis := mat.NewDense(m, m, nil)
	for i, j := range p.basis {
		for _, e := range p.columns[j].entries {
			basis.Set(e.Row, i, e.Value)
		}
	}
	var inverse mat.Dense
	if inverse.Inverse(basis) != nil {
		return false
	}
	p.since = 0
	copy(p.inverse.Data, inverse.RawMatrix().Data)
	blas64.Gemv(blas.NoTrans, 1, p.inverse, blas64.Vector{N: m, Inc: 1, Data: p.b}, 0, blas64.Vector{N: m, Inc: 1, Data: p.x})
	p.setDuals()
	return true
}

func (p *Master) setDuals() {
	m := len(p.b)
	costs := make([]float64, m)
	for i, j := range p.basis {
		costs[i] = p.columns[j].cost
	}
	blas64.Gemv(blas.Trans, 1, p.inverse, blas64.Vector{N: m, Inc: 1, Data: costs}, 0, blas64.Vector{N: m, Inc: 1, Data: p.pi})
}
