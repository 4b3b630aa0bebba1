package branchcut

import "math"

const (
	// leastExcess: a solution that meets a cut but for this much of its length is taken to meet it.
	leastExcess = 1e-5
	// leastPart: a side that is this close to a whole number makes a cut of little use.
	leastPart = 0.005
	// coefficientBits is the size of the coefficients of cuts.
	coefficientBits = 20
)

// rounding returns the cut of a sum of rows by mixed-integer rounding, where numbers count from the bound at which a solution has
// them: of
//
//	Σ a_j·x_j ≤ b,  x ≥ 0 whole,  f(z) = z − ⌊z⌋,
//
// it is
//
//	Σ (⌊a_j⌋ + max(0, f(a_j) − f(b)) / (1 − f(b)))·x_j ≤ ⌊b⌋.
//
// What rows leave of their sides are such numbers too. All is counted in units, and times 1 − f(b).
func (l *leaf) rounding(multipliers, x []float64) (Row, bool) {
	whole, unit := l.integral(multipliers)
	if unit < coefficientBits {
		return Row{}, false
	}
	a, b := l.sum(whole)
	high := make([]bool, len(a)) // counts from there
	for j := range a {
		if high[j] = x[j] == float64(l.high[j]); high[j] {
			b -= a[j] * l.high[j]
			a[j] = -a[j]
		} else {
			b -= a[j] * l.low[j]
		}
	}
	one := int64(1) << unit
	f := b & (one - 1)
	if part := float64(f) / float64(one); part < leastPart || part > 1-leastPart {
		return Row{}, false
	}
	round := func(a int64) int64 { return (a>>unit)*(one-f) + max(0, a&(one-1)-f) }
	out := Row{Coefficients: a, Side: (b >> unit) * (one - f)}
	for j, n := range a {
		if a[j] = round(n); high[j] {
			out.Side -= a[j] * l.high[j]
			a[j] = -a[j]
		} else {
			out.Side += a[j] * l.low[j]
		}
	}
	for i, m := range whole {
		r := &l.rows[i]
		n := round(m)
		if r.Equal || n == 0 {
			continue
		}
		out.Side -= n * r.Side
		for j, c := range r.Coefficients {
			a[j] -= n * c
		}
	}
	return out.shortened(), true
}

// shortened returns a row with smaller coefficients that all numbers of at least 0 meet that meet this one.
func (r Row) shortened() Row {
	if shift := longest(r.Coefficients) - coefficientBits; shift > 0 {
		for j := range r.Coefficients {
			r.Coefficients[j] >>= shift
		}
		r.Side >>= shift
	}
	return r
}

// excess returns how far a solution is from meeting a row.
func (r Row) excess(x []float64) float64 {
	sum, length := -float64(r.Side), 0.0
	for j, a := range r.Coefficients {
		sum += float64(float64(a) * x[j])
		length += float64(float64(a) * float64(a))
	}
	if length == 0 {
		return 0
	}
	return sum / math.Sqrt(length)
}
