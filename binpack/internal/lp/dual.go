package lp

import "math"

// feasibleTol: a value of the basis that is below zero by no more counts as zero,
// as does one of a banned column that is above.
const feasibleTol = 1e-9

// Ban says whether the j-th column that was added must be zero. It takes effect
// with the next SetDemand.
func (p *Master) Ban(j int, banned bool) { p.banned[2*len(p.b)+j] = banned }

// SetDemand changes the right-hand sides and makes the basis feasible for them by
// the dual simplex method (Lemke, The Dual Method of Solving the Linear
// Programming Problem, 1954): few pivots where the basis was best for similar
// ones. Where it does not get there within limit pivots, the basis is the first
// one again.
func (p *Master) SetDemand(b []float64, limit int) {
	p.count()
	for i := range b {
		p.exact[i] = b[i]
		p.b[i] = raised(b[i], p.raise[i])
	}
	p.setValues()
	p.candidates = p.candidates[:0]
	for range limit {
		leave := p.leaving()
		if leave < 0 {
			return
		}
		if p.ended() || !p.replace(p.at[leave]) {
			break
		}
	}
	p.reset()
}

// leaving returns the row whose basic column is furthest from where it may be,
// or -1.
func (p *Master) leaving() int {
	leave, most := -1, feasibleTol
	for i, x := range p.x {
		if p.banned[p.basis[i]] {
			x = -math.Abs(x)
		}
		if -x > most {
			leave, most = i, -x
		}
	}
	return leave
}

// replace brings the column into the basis for that of the row at place leave that keeps
// the reduced costs of all columns from falling below zero. It reports false where
// there is none.
func (p *Master) replace(leave int) bool {
	m := len(p.rows)
	sign := 1.0 // of the pivot
	if p.x[p.rows[leave]] < 0 {
		sign = -1
	}
	row := make([]float64, m)
	for i := range row {
		row[i] = sign * p.inverse.Data[i*m+leave]
	}
	enter, ratio, size, reduced := -1, math.Inf(1), 0.0, 0.0
	for j := range p.columns {
		if p.basic[j] || p.banned[j] {
			continue
		}
		c := &p.columns[j]
		alpha, d := 0.0, c.cost
		for _, e := range c.entries {
			alpha += float64(row[p.at[e.Row]] * e.Value)
			d -= float64(p.pi[e.Row] * e.Value)
		}
		if alpha <= pivotTol {
			continue
		}
		t := max(d, 0) / alpha
		if t < ratio-float64(ratioTol*(1+ratio)) || t <= ratio && alpha > size {
			enter, ratio, size, reduced = j, t, alpha, d
		}
	}
	if enter < 0 {
		return false
	}
	p.exchange(enter, leave, p.terms(enter), reduced)
	return true
}
