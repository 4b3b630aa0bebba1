package branchcut

import (
	"math"
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// priceSteps, priceStride: variables have prices of their own, others in each attempt, so that one solution is best. They mean nothing.
	priceSteps, priceStride = 1009, 7919
	// sumBits bounds sums of products: what is below 2^sumBits as a floating-point number is a whole number
	// without overflow.
	sumBits = 61
)

// A leaf is the numbers within some bounds.
type leaf struct {
	low, high []int64
	prices    []float64
	rows      []Row // of the program, and then cuts
	sizes     []size
	tableau   lp.Tableau // over rows whose greatest coefficient is 1
}

// A size is how large a row is.
type size struct {
	coefficient float64 // the greatest
	sum         float64 // of the absolute values of its side and of what numbers of the root add up to at most
}

// root returns the leaf of all numbers, for an attempt.
func (p *Program) root(attempt int) *leaf {
	l := &leaf{low: make([]int64, len(p.Most)), high: slices.Clone(p.Most)}
	var rows [][]float64
	var sides []float64
	equalities := 0
	for _, equal := range []bool{false, true} {
		for _, r := range p.Rows {
			if r.Equal != equal {
				continue
			}
			if equal {
				equalities++
			}
			row, side := l.keep(r)
			rows, sides = append(rows, row), append(sides, side)
		}
	}
	l.prices = make([]float64, len(p.Most))
	for j := range l.prices {
		l.prices[j] = float64((j+1)*(priceStride+attempt)%priceSteps) / priceSteps
	}
	l.tableau = *lp.NewTableau(l.prices, rows, sides, 0)
	l.tableau.Equate(equalities)
	return l
}

// keep adds a row to the rows, and returns it as one of the tableau.
func (l *leaf) keep(r Row) (row []float64, side float64) {
	z := size{coefficient: 1, sum: math.Abs(float64(r.Side))}
	for j, a := range r.Coefficients {
		absolute := math.Abs(float64(a))
		z.coefficient, z.sum = max(z.coefficient, absolute), z.sum+float64(absolute*float64(l.high[j]))
	}
	for _, a := range r.Coefficients {
		row = append(row, float64(a)/z.coefficient)
	}
	l.rows, l.sizes = append(l.rows, r), append(l.sizes, z)
	return row, float64(r.Side) / z.coefficient
}

// add adds a cut.
func (l *leaf) add(r Row) { l.tableau.Add(l.keep(r)) }

// drop drops the rows after the first ones that do not count where the solution is.
func (l *leaf) drop(first int) {
	for to, from := range l.tableau.DropLoose(first) {
		l.rows[to], l.sizes[to] = l.rows[from], l.sizes[from]
	}
	rows := len(l.tableau.Basic())
	l.rows, l.sizes = l.rows[:rows], l.sizes[:rows]
}

// set makes l a copy of another.
func (l *leaf) set(o *leaf) {
	l.low, l.high, l.prices = append(l.low[:0], o.low...), append(l.high[:0], o.high...), o.prices
	l.rows, l.sizes = append(l.rows[:0], o.rows...), append(l.sizes[:0], o.sizes...)
	l.tableau.Set(&o.tableau)
}

// price returns what a solution costs.
func (l *leaf) price(x []float64) float64 {
	sum := 0.0
	for j, price := range l.prices {
		sum += float64(price * x[j])
	}
	return sum
}

// elements returns how many the tableau has.
func (l *leaf) elements() int { return len(l.rows) * len(l.low) }

// empty reports whether these multipliers of the rows prove that no numbers of the leaf meet all: the least that
// their sum adds up to is more than its side.
func (l *leaf) empty(multipliers []float64) bool {
	whole, _ := l.integral(multipliers)
	a, side := l.sum(whole)
	least := int64(0)
	for j, n := range a {
		if n > 0 {
			least += n * l.low[j]
		} else {
			least += n * l.high[j]
		}
	}
	return least > side
}

// integral returns multipliers of the rows of the tableau as multipliers of the rows, whole numbers of a unit
// of 2^-unit: as small a one as keeps all sums of products within bounds. Multipliers of rows that are at most have the
// sign that they are given.
func (l *leaf) integral(multipliers []float64) (whole []int64, unit int) {
	sum := 0.0
	for i, m := range multipliers {
		sum += float64(math.Abs(m) / l.sizes[i].coefficient * l.sizes[i].sum)
	}
	whole = make([]int64, len(multipliers))
	if !(sum <= math.MaxFloat64) { // the tableau is of no use
		return whole, 0
	}
	_, exponent := math.Frexp(sum)
	unit = min(sumBits-1-exponent, maxUnit)
	for i, m := range multipliers {
		whole[i] = int64(math.Ldexp(m/l.sizes[i].coefficient, unit))
	}
	return whole, unit
}

// maxUnit bounds the number of bits of a multiplier after the point.
const maxUnit = 50

// sum returns the sum of the rows with these multipliers.
func (l *leaf) sum(multipliers []int64) (a []int64, side int64) {
	a = make([]int64, len(l.low))
	for i, m := range multipliers {
		if m == 0 {
			continue
		}
		side += m * l.rows[i].Side
		for j, c := range l.rows[i].Coefficients {
			a[j] += m * c
		}
	}
	return a, side
}

// longest returns how many bits the largest of some numbers has.
func longest(numbers []int64) int {
	most := 0
	for _, n := range numbers {
		most = max(most, bits.Len64(uint64(max(n, -n))))
	}
	return most
}
