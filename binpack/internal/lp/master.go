package lp

import (
	"math/rand/v2"
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
	// gather: after refactorEvery pivots it is computed afresh.
	refactorEvery = 300
	// stallLimit is the number of pivots without gain after which Bland's
	// rule takes over, until one gains.
	stallLimit = 40
	// shift is about how much each right-hand side is raised, as a part of it.
	// Where many rows are alike most pivots would gain nothing, and the simplex
	// method hardly ends.
	shift = 1e-7
	// smallRows: all rows of a program that has no more of them count from the start. The
	// inverse of their basis takes 2 MiB.
	smallRows = 512
	// maxRefactor: with more rows the inverse is not computed afresh, which takes a time
	// with their third power and looks at no context.
	maxRefactor = 1000
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
	Pivots int         // done so far
	Ended  func() bool // asked before each pivot; true: Solve and SetDemand stop; nil: never

	exact      []float64 // right-hand sides
	b          []float64 // the same, each a little more: no two bases are alike then
	columns    []column  // rows' side variables and surpluses, then what was added
	raise      []float64 // by which part each is more
	basis      []int     // per row, the column that is basic there
	basic      []bool
	banned     []bool         // per column, it must be zero
	rows       []int          // that count, in order: of many, all but those at most where no added column has an entry
	fresh      []int          // rows that are to count from the next solve on
	at         []int          // per row, its place in rows; -1: none, its side variable is basic and its dual 0
	inverse    blas64.General // of the basis of these rows, transposed
	x          []float64      // values of the basis
	pi         []float64
	candidates []int // columns that paid when all were looked at
	since      int   // pivots since the inverse was computed afresh
	stalled    int   // pivots without gain
}

// A Row is one of the program's constraints.
type Row struct {
	B      float64 // right-hand side, ≥ 0
	AtMost bool    // A·x ≤ B; else A·x ≥ B
	Side   float64 // cost per unit to leave A·x ≥ B uncovered
}

// New returns a program with these rows and without columns.
func New(rows []Row) *Master { return newMaster(rows, smallRows) }

// newMaster returns a program with these rows; all count from the start if there are no
// more than small.
func newMaster(rows []Row, small int) *Master {
	m := len(rows)
	rng := rand.New(rand.NewPCG(5, 6))
	p := &Master{
		basis:   make([]int, m),
		pi:      make([]float64, m),
		columns: make([]column, 2*m),
		basic:   make([]bool, 2*m),
		at:      make([]int, m),
		banned:  make([]bool, 2*m),
		x:       make([]float64, m),
	}
	for i, row := range rows {
		p.exact = append(p.exact, row.B)
		p.raise = append(p.raise, shift*(1+rng.Float64()))
		p.b = append(p.b, raised(row.B, p.raise[i]))
		p.at[i] = -1
		if !row.AtMost || m <= small {
			p.at[i] = len(p.rows)
			p.rows = append(p.rows, i)
		}
		if row.AtMost { // the side variable is the slack; there is no surplus
			p.columns[i] = column{0, []Entry{{i, 1}}}
		} else {
			p.columns[i] = column{row.Side, []Entry{{i, 1}}}
			p.columns[m+i] = column{0, []Entry{{i, -1}}}
		}
	}
	p.reset()
	return p
}

// reset makes the side variables the basis.
func (p *Master) reset() {
	clear(p.basic)
	for i := range p.b {
		p.basis[i], p.basic[i] = i, true
	}
	p.inverse = identity(len(p.rows))
	p.since = 0
	p.setValues()
	p.setDuals()
}

func identity(m int) blas64.General {
	out := blas64.General{Rows: m, Cols: m, Stride: max(m, 1), Data: make([]float64, m*m)}
	for i := range m {
		out.Data[i*m+i] = 1
	}
	return out
}

// count makes rows count where columns have entries since. The basis has none of these
// columns.
func (p *Master) count() {
	if len(p.fresh) == 0 {
		return
	}
	had, before := p.rows, p.inverse
	p.rows = slices.Concat(had, p.fresh)
	slices.Sort(p.rows)
	p.rows, p.fresh = slices.Compact(p.rows), nil
	for i, row := range p.rows {
		p.at[row] = i
	}
	m := len(p.rows)
	p.inverse = identity(m)
	for i, row := range had {
		for k, column := range had {
			p.inverse.Data[p.at[row]*m+p.at[column]] = before.Data[i*before.Stride+k]
		}
	}
}

// only returns the elements of the rows that count.
func (p *Master) only(list []float64) []float64 {
	out := make([]float64, len(p.rows))
	for i, row := range p.rows {
		out[i] = list[row]
	}
	return out
}

// Basis returns the basis, to be set again when the right-hand sides are those
// of now.
func (p *Master) Basis() []int { return slices.Clone(p.basis) }

// SetBasis makes the basis one that was there before, or the first one where that
// is too near to singular or too large.
func (p *Master) SetBasis(basis []int) {
	p.count()
	copy(p.basis, basis)
	clear(p.basic)
	for _, j := range basis {
		p.basic[j] = true
	}
	if !p.refactor() {
		p.reset()
	}
}

// raised returns a right-hand side that is raised by a part of it.
func raised(b, part float64) float64 { return b + float64(part*max(b, 1)) }

// Add adds a column. It enters the basis at the next solve, if it pays.
func (p *Master) Add(cost float64, entries []Entry) {
	for _, e := range entries {
		if p.at[e.Row] < 0 {
			p.fresh = append(p.fresh, e.Row)
		}
	}
	p.columns = append(p.columns, column{cost, entries})
	p.basic, p.banned = append(p.basic, false), append(p.banned, false)
}

// Duals returns the shadow prices of the rows, valid until the next solve: ≥ 0,
// of rows that are at most ≤ 0.
func (p *Master) Duals() []float64 { return p.pi }

// Cost returns the cost of the last solve.
func (p *Master) Cost() float64 {
	cost := 0.0
	x := p.solution()
	for i, j := range p.basis {
		cost += float64(p.columns[j].cost * x[i])
	}
	return cost
}

// solution returns the values of the basis by the exact right-hand sides.
func (p *Master) solution() []float64 {
	return p.valuesOf(p.exact)
}

// valuesOf returns the values of the basis by right-hand sides.
func (p *Master) valuesOf(b []float64) []float64 {
	m, out := len(p.rows), slices.Clone(b)
	x := make([]float64, m)
	blas64.Gemv(blas.Trans, 1, p.inverse, blas64.Vector{N: m, Inc: 1, Data: p.only(b)}, 0, blas64.Vector{N: m, Inc: 1, Data: x})
	for i, row := range p.rows {
		out[row] = x[i]
	}
	return out
}

// Values returns the values of the added columns, in the order of their
// addition.
func (p *Master) Values() []float64 {
	values := make([]float64, len(p.columns)-2*len(p.b))
	x := p.solution()
	for i, j := range p.basis {
		if k := j - 2*len(p.b); k >= 0 {
			values[k] = max(x[i], 0)
		}
	}
	return values
}

// Solve pivots until no column pays, at most limit times, and reports whether
// it got there.
func (p *Master) Solve(limit int) bool {
	p.count()
	for range limit {
		if p.ended() {
			return false
		}
		j, reduced := p.entering()
		if j < 0 {
			return true
		}
		if !p.pivot(j, reduced) {
			return false
		}
	}
	return false
}

// Rows returns how many rows count in the next solve.
func (p *Master) Rows() int {
	p.count()
	return len(p.rows)
}

func (p *Master) ended() bool { return p.Ended != nil && p.Ended() }

// pivot brings column j into the basis. It reports false where nothing leaves:
// then the program has no least cost, which a covering program with costs ≥ 0
// only shows through rounding errors.
func (p *Master) pivot(j int, reduced float64) bool {
	d := p.terms(j)
	leave, ratio := -1, 0.0
	for i := range d {
		if d[i] <= pivotTol {
			continue
		}
		t := max(p.x[p.rows[i]], 0) / d[i]
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
	p.x[p.rows[leave]] = max(p.x[p.rows[leave]], 0)
	p.exchange(j, leave, d, reduced)
	return true
}

// terms returns column j in terms of the basis of the rows that count.
func (p *Master) terms(j int) []float64 {
	m := len(p.rows)
	d := make([]float64, m)
	for _, e := range p.columns[j].entries {
		i := p.at[e.Row]
		floats.AddScaled(d, e.Value, p.inverse.Data[i*m:i*m+m])
	}
	return d
}

// exchange makes column j, whose terms are d, basic in the row at place leave.
func (p *Master) exchange(j, leave int, d []float64, reduced float64) {
	row := p.rows[leave]
	p.basic[p.basis[row]], p.basic[j] = false, true
	p.basis[row] = j
	p.Pivots++
	p.since++
	if p.since < refactorEvery || !p.refactor() {
		p.update(d, leave, reduced)
	}
}

// prefer decides ties of the ratio test between the rows at places i and k.
func (p *Master) prefer(i, k int, d []float64) bool {
	if p.stalled > stallLimit {
		return p.basis[p.rows[i]] < p.basis[p.rows[k]] // Bland
	}
	return d[i] > d[k]
}

// update replaces the row at place leave of the basis by the column whose terms are d.
func (p *Master) update(d []float64, leave int, reduced float64) {
	m := len(p.rows)
	row := make([]float64, m) // of the inverse, of the column that enters
	for i := range row {
		row[i] = p.inverse.Data[i*m+leave] / d[leave]
	}
	enters := p.x[p.rows[leave]] / d[leave]
	for i, v := range d {
		p.x[p.rows[i]] -= float64(v * enters)
	}
	p.x[p.rows[leave]] = enters
	d[leave]-- // what is subtracted from the row itself
	blas64.Ger(-1, blas64.Vector{N: m, Inc: 1, Data: row}, blas64.Vector{N: m, Inc: 1, Data: d}, p.inverse)
	for i, v := range row {
		p.pi[p.rows[i]] += float64(reduced * v)
	}
}

// refactor computes the inverse, the values and the duals afresh. It reports
// false, and changes nothing, where the basis is too near to singular or too large.
func (p *Master) refactor() bool {
	m := len(p.rows)
	if m > maxRefactor {
		return false
	}
	if m == 0 {
		p.setValues()
		return true
	}
	basis := mat.NewDense(m, m, nil)
	for i, row := range p.rows {
		for _, e := range p.columns[p.basis[row]].entries {
			basis.Set(i, p.at[e.Row], e.Value)
		}
	}
	var inverse mat.Dense
	if inverse.Inverse(basis) != nil {
		return false
	}
	p.since = 0
	p.inverse = inverse.RawMatrix()
	p.setValues()
	p.setDuals()
	return true
}

func (p *Master) setValues() { p.x = p.valuesOf(p.b) }

func (p *Master) setDuals() {
	p.candidates = p.candidates[:0]
	m := len(p.rows)
	costs, pi := make([]float64, m), make([]float64, m)
	for i, row := range p.rows {
		costs[i] = p.columns[p.basis[row]].cost
	}
	blas64.Gemv(blas.NoTrans, 1, p.inverse, blas64.Vector{N: m, Inc: 1, Data: costs}, 0, blas64.Vector{N: m, Inc: 1, Data: pi})
	for i, row := range p.rows {
		p.pi[row] = pi[i]
	}
}
