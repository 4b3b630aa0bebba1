package lp

import (
	"cmp"
	"math"
	"slices"
)

// A Tableau is a linear program over launches,
//
//	minimise c·y  subject to  A·y ≥ b for cuts,  U·y ≤ cap for caps,  low ≤ y ≤ high,
//
// in the form x_B + T·x_N = β, with a slack for each row. Prices are at least 0, so
// that the slacks are a basis to begin with by the dual simplex method (Lemke, The
// Dual Method of Solving the Linear Programming Problem, 1954), bounds in place of
// rows; and what is optimal for some bounds is one for any others.
//
// Its answers are guesses in floating point: what they prove is computed elsewhere.
type Tableau struct {
	columns  int
	t        []float64 // T, row by row
	beta     []float64
	reduced  []float64 // price of each nonbasic variable, above what the rows pay
	basic    []int     // variable per row: launches first, then slacks
	nonbasic []int     // variable per column
	upper    []bool    // of each variable: nonbasic at its upper bound
	values   []float64 // of the basic variables, while it is solved
	Pivots   int       // done so far
	equal    []bool    // of each row: an equality, whose slack is 0
	over     bool      // the variable of the row that shows that there is no solution is over its upper bound
	points   []breakpoint
}

const (
	// boundTol: a variable so little out of its bounds is taken to be within.
	boundTol = 1e-9
	// elementTol: a smaller element is taken for zero.
	elementTol = 1e-9
	// dualPivots bounds the pivots of one solve.
	dualPivots = 500
)

// NewTableau returns the program of these prices and rows: of the first cuts rows
// coefficients sum up to at least their side, of the others to at most.
func NewTableau(prices []float64, rows [][]float64, sides []float64, cuts int) *Tableau {
	n := len(prices)
	t := &Tableau{columns: n, reduced: append([]float64(nil), prices...), upper: make([]bool, n+len(rows)), equal: make([]bool, len(rows))}
	for i, row := range rows {
		sign := 1.0
		if i < cuts {
			sign = -1
		}
		for _, a := range row {
			t.t = append(t.t, sign*a)
		}
		t.beta = append(t.beta, sign*sides[i])
		t.basic = append(t.basic, n+i)
	}
	for j := range prices {
		t.nonbasic = append(t.nonbasic, j)
	}
	return t
}

// Equate makes as many of the last rows equalities.
func (t *Tableau) Equate(rows int) {
	for i := range t.equal[len(t.equal)-rows:] {
		t.equal[len(t.equal)-rows+i] = true
	}
}

// Set makes t a copy of another of its size.
func (t *Tableau) Set(o *Tableau) {
	t.columns, t.equal, t.Pivots = o.columns, append(t.equal[:0], o.equal...), 0
	t.t, t.beta, t.reduced = append(t.t[:0], o.t...), append(t.beta[:0], o.beta...), append(t.reduced[:0], o.reduced...)
	t.basic, t.nonbasic, t.upper = append(t.basic[:0], o.basic...), append(t.nonbasic[:0], o.nonbasic...), append(t.upper[:0], o.upper...)
}

// bounds returns the bounds of a variable.
func (t *Tableau) bounds(v int, low, high []int64) (float64, float64) {
	if v < t.columns {
		return float64(low[v]), float64(high[v])
	}
	if t.equal[v-t.columns] {
		return 0, 0
	}
	return 0, math.Inf(1)
}

// Settle moves nonbasic variables to the bound at which they cost least. It is to be called
// before a solve in which variables that were fixed before are not: those may have come to
// pay at the other bound.
func (t *Tableau) Settle() {
	for k, v := range t.nonbasic {
		if d := t.reduced[k]; v < t.columns && d != 0 {
			t.upper[v] = d < 0
		}
	}
}

// Solve pivots until the basic variables are within their bounds. It returns -1 when they
// are, or the row that shows that there is no such solution, or -2 where it gives up.
func (t *Tableau) Solve(low, high []int64) (row int) {
	t.setValues(low, high)
	end := t.Pivots + dualPivots
	for computed := true; t.Pivots < end; computed = false {
		row, over, by := t.leaving(low, high)
		if row < 0 && !computed { // they may have gathered errors
			t.setValues(low, high)
			row, over, by = t.leaving(low, high)
		}
		if row < 0 {
			return Optimal
		}
		column := t.entering(row, over, by, low, high)
		if column < 0 {
			t.over = over
			return row
		}
		t.move(row, column, over, low, high)
		t.pivot(row, column)
	}
	return GaveUp
}

// What Solve returns where no row shows that there is no solution.
const (
	Optimal = -1
	GaveUp  = -2
)

// setValues computes the values of the basic variables.
func (t *Tableau) setValues(low, high []int64) {
	t.values = t.values[:0]
	for i := range t.basic {
		t.values = append(t.values, t.value(i, low, high))
	}
}

// move changes the nonbasic variable of a column until the basic one of the row is at
// its upper bound, or at its lower one.
func (t *Tableau) move(row, column int, over bool, low, high []int64) {
	least, largest := t.bounds(t.basic[row], low, high)
	t.upper[t.basic[row]] = over
	if over {
		least = largest
	}
	v := t.nonbasic[column]
	from, to := t.bounds(v, low, high)
	if t.upper[v] {
		from = to
	}
	step := (t.values[row] - least) / t.t[row*t.columns+column]
	for i := range t.values {
		t.values[i] -= float64(t.t[i*t.columns+column] * step)
	}
	t.values[row] = from + step
}

// value returns the value of the basic variable of a row.
func (t *Tableau) value(row int, low, high []int64) float64 {
	x := t.beta[row]
	own := t.t[row*t.columns : (row+1)*t.columns]
	for k, v := range t.nonbasic {
		if v >= t.columns {
			continue // a slack is 0
		}
		at := low[v]
		if t.upper[v] {
			at = high[v]
		}
		if at != 0 {
			x -= float64(own[k] * float64(at))
		}
	}
	return x
}

// leaving returns the row whose variable is farthest out of its bounds, whether it is
// over the upper one, and by how much; -1: all are within.
func (t *Tableau) leaving(low, high []int64) (row int, over bool, by float64) {
	row, by = -1, boundTol
	for i, v := range t.basic {
		x := t.values[i]
		least, largest := t.bounds(v, low, high)
		if least-x > by {
			row, over, by = i, false, least-x
		}
		if x-largest > by {
			row, over, by = i, true, x-largest
		}
	}
	return row, over, by
}

// A breakpoint is a column that can bring a row's variable back to its bound.
type breakpoint struct {
	column      int
	ratio, size float64
}

// entering returns the column that can bring the row's variable back to its bound and
// is the first to become free of charge; -1: none can. A column that goes from one of
// its bounds to the other without bringing the variable all the way does so, and leaves
// the next to enter (the long step: Kostina, The Long Step Rule in the Bounded-Variable
// Dual Simplex Method, 2002).
func (t *Tableau) entering(row int, over bool, by float64, low, high []int64) int {
	t.points = t.points[:0]
	for k, v := range t.nonbasic {
		a := t.t[row*t.columns+k]
		if least, largest := t.bounds(v, low, high); least == largest || math.Abs(a) < elementTol {
			continue
		}
		if helps := (a < 0) != t.upper[v]; helps != over {
			t.points = append(t.points, breakpoint{k, math.Abs(t.reduced[k] / a), math.Abs(a)})
		}
	}
	for n := range t.points {
		p := t.next(n)
		v := t.nonbasic[p.column]
		least, largest := t.bounds(v, low, high)
		if by -= float64(p.size * (largest - least)); by <= boundTol || n == len(t.points)-1 {
			return p.column
		}
		t.flip(p.column, low, high)
	}
	return -1
}

// flip moves the nonbasic variable of a column to its other bound.
func (t *Tableau) flip(column int, low, high []int64) {
	v := t.nonbasic[column]
	from, to := t.bounds(v, low, high)
	if t.upper[v] {
		from, to = to, from
	}
	t.upper[v] = !t.upper[v]
	for i := range t.values {
		t.values[i] -= float64(t.t[i*t.columns+column] * (to - from))
	}
}

// next returns the n-th of the breakpoints by ratio; those before it are in order.
// Where more than a few are asked for it sorts them all.
func (t *Tableau) next(n int) breakpoint {
	rest := t.points[n:]
	switch {
	case n == sorted:
		slices.SortFunc(rest, func(a, b breakpoint) int {
			return cmp.Or(cmp.Compare(a.ratio, b.ratio), cmp.Compare(b.size, a.size), cmp.Compare(a.column, b.column))
		})
	case n < sorted:
		best := 0
		for i, p := range rest {
			if r := rest[best].ratio; p.ratio < r-elementTol || p.ratio < r+elementTol && p.size > rest[best].size {
				best = i
			}
		}
		rest[0], rest[best] = rest[best], rest[0]
	}
	return rest[0]
}

// sorted is the number of breakpoints that are looked for one by one.
const sorted = 3

// pivot exchanges the basic variable of a row and the nonbasic one of a column.
func (t *Tableau) pivot(row, column int) {
	n := t.columns
	own := t.t[row*n : row*n+n]
	p := own[column]
	own[column] = 1
	for k := range own {
		own[k] /= p
	}
	t.beta[row] /= p
	for i := range t.basic {
		other := t.t[i*n : i*n+n]
		f := other[column]
		if i == row || f == 0 {
			continue
		}
		other[column] = 0
		for k, a := range own {
			other[k] -= float64(f * a)
		}
		t.beta[i] -= float64(f * t.beta[row])
	}
	d := t.reduced[column]
	t.reduced[column] = 0
	for k, a := range own {
		t.reduced[k] -= float64(d * a)
	}
	t.basic[row], t.nonbasic[column] = t.nonbasic[column], t.basic[row]
	t.Pivots++
}

// Launches returns the values of the variables that are no slacks.
func (t *Tableau) Launches(low, high []int64) []float64 {
	out := make([]float64, t.columns)
	for _, v := range t.nonbasic {
		if v >= t.columns {
			continue
		}
		out[v] = float64(low[v])
		if t.upper[v] {
			out[v] = float64(high[v])
		}
	}
	for i, v := range t.basic {
		if v < t.columns {
			out[v] = t.value(i, low, high)
		}
	}
	return out
}

// Duals returns what each row pays, or, for a row that shows that there is no solution,
// multipliers of the rows that prove it. Those of equalities have a sign: what is added to a sum that is at
// most its side counts as positive.
func (t *Tableau) Duals(proof int) []float64 {
	var out []float64
	if proof < 0 {
		out = t.ofSlacks(t.reduced)
	} else if out = t.Multipliers(proof); t.over {
		for i := range out {
			out[i] = -out[i]
		}
	}
	for i := range out {
		if !t.equal[i] {
			out[i] = max(0, out[i])
		}
	}
	return out
}
