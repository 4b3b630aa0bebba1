package ilp

import (
	"container/heap"
	"math"
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// sideScale is what a cut asks for, and what there is of a cap, in the sides of the
	// rows: gains are rounded up and uses down, which leaves every plan possible.
	sideScale = 1 << 31
	// multiplierBits is the size of the greatest price of a row as a whole number,
	// before it is shared out over its side: 64 rows stay below 2^63.
	multiplierBits = 55
	// MaxSides bounds the number of rows and caps together.
	MaxSides = 64
)

// prepare fills in the sides, and solves the relaxation of the root: from what is
// optimal there the other leaves are a few pivots away.
func (b *Branching) prepare(root *leaf) {
	var prices, sides []float64
	var rows [][]float64
	for _, o := range b.Options {
		prices = append(prices, float64(o.Price)/float64(b.scale))
	}
	for i, v := range b.Values {
		side := make([]int64, len(b.Options))
		for j, o := range b.Options {
			side[j] = arith.CeilMulDiv(min(o.Gains[i], v), sideScale, v)
		}
		b.sides = append(b.sides, side)
	}
	for k, c := range b.Caps {
		side := make([]int64, len(b.Options))
		for j, o := range b.Options {
			for _, u := range o.Uses {
				if u.Cap == k && c > 0 {
					side[j] += arith.MulDiv(min(u.Amount, c), sideScale, c)
				}
			}
		}
		b.sides = append(b.sides, side)
	}
	n := len(b.Options)
	for _, side := range b.sides {
		row := make([]float64, n+len(b.Groups))
		for j, a := range side {
			row[j] = float64(a) / sideScale
		}
		rows, sides = append(rows, row), append(sides, 1)
	}
	for g, weights := range b.Groups { // that its sum is the sum
		row, all := make([]float64, n+len(b.Groups)), float64(slices.Max(weights))
		for j, w := range weights {
			row[j] = -float64(w) / all
		}
		row[n+g] = 1 / all
		prices, rows, sides = append(prices, 0), append(rows, row), append(sides, 0)
	}
	b.root = *lp.NewTableau(prices, rows, sides, len(b.Values))
	b.root.Equate(len(b.Groups))
	b.root.Solve(root.low, root.high)
}

// open solves the leaf's relaxation and adds the leaf, unless it is empty.
func (b *Branching) open(l *leaf) {
	b.opened++
	b.numbers++
	l.number, l.earlier = b.numbers, b.earlier
	for i := range l.low {
		if l.low[i] > l.high[i] {
			return
		}
	}
	b.leaf.Set(&b.root)
	row := b.leaf.Solve(l.low, l.high)
	l.at = b.leaf.Launches(l.low, l.high)
	multipliers := b.leaf.Duals(row)
	if row >= 0 {
		if b.empty(l, multipliers) {
			return
		}
		multipliers = b.leaf.Duals(lp.GaveUp)
	}
	if row == lp.Optimal {
		l.split = b.choose(l)
	} else {
		l.split = l.halve()
	}
	if l.split < 0 && slices.Equal(l.low, l.high) && !b.meets(l.low) {
		return
	}
	if l.bound = max(l.bound, b.least(l, multipliers)); b.Round != nil {
		b.known = min(b.known, b.Round(l.at[:len(b.Options)]))
	}
	heap.Push(&b.heap, l)
}

// least returns the leaf's exact bound by prices of its rows (weak duality): whatever
// the multipliers μ ≥ 0 of the cuts and ν ≥ 0 of the caps,
//
//	p·y  ≥  Σ μ_i − Σ ν_k + Σ_b min { (p_b − Σ μ_i·gain_ib + Σ ν_k·use_kb)·y_b : low_b ≤ y_b ≤ high_b },
//
// sides and rows in units of a whole one. The sum of a group is one more variable y at no price, and that it is
// the sum is a row whose multiplier may have either sign. The bound is rounded up to a multiple of the unit.
func (b *Branching) least(l *leaf, prices []float64) int64 {
	multipliers, shift := b.multipliers(prices)
	if shift < 0 {
		return 0
	}
	for i := range b.Values {
		b.carried[i] = b.carried[i] || multipliers[i] > 0
	}
	total := b.dual(l, multipliers, shift)
	if !total.Positive() {
		return 0
	}
	return arith.RoundUp(b.unit, total.CeilShift(shift))
}

// multipliers returns the prices of the rows as whole numbers, by which the price of an
// option counts as 2^shift; below 0: it is too large.
func (b *Branching) multipliers(prices []float64) (multipliers []int64, shift int) {
	dearest := int64(1)
	for _, o := range b.Options {
		dearest = max(dearest, o.Price)
	}
	scaled := make([]float64, len(prices))
	for i, d := range prices {
		scaled[i] = d * float64(b.scale)
	}
	for _, d := range scaled {
		dearest = max(dearest, int64(min(math.Abs(d), 1<<multiplierBits)))
	}
	if shift = multiplierBits - bits.Len64(uint64(dearest)); shift < 0 {
		return nil, shift
	}
	return b.integral(scaled, float64(int64(1)<<shift)), shift
}

// Within returns bounds of launches that cost less than enough, per option. Before it
// Solve has looked at one leaf, and found that there are launches.
func (b *Branching) Within(enough int64) (low, high []int64) {
	return b.within(b.heap[0], b.root.Duals(lp.Optimal), enough)
}

// within returns bounds of the leaf's launches that cost less than enough: how far each
// option may be from where the dual bound has it (reduced cost fixing).
func (b *Branching) within(l *leaf, prices []float64, enough int64) (low, high []int64) {
	low, high = slices.Clone(l.low), slices.Clone(l.high)
	multipliers, shift := b.multipliers(prices)
	if shift < 0 {
		return low, high
	}
	var gap arith.Wide
	gap.Add(enough, 1<<shift)
	gap.Sub(b.dual(l, multipliers, shift))
	for j := range b.Options {
		reduced, most := b.reduced(j, multipliers, shift), int64(0)
		if gap.Positive() && reduced != 0 {
			most = gap.Over(max(reduced, -reduced))
		}
		switch {
		case reduced > 0:
			high[j] = min(high[j], arith.Add(low[j], most))
		case reduced < 0:
			low[j] = max(low[j], high[j]-most)
		}
	}
	return low, high
}

// empty reports whether these multipliers of the rows prove that no launches of the leaf
// meet all of them.
func (b *Branching) empty(l *leaf, multipliers []float64) bool {
	most := 0.0
	for _, m := range multipliers {
		most = max(most, math.Abs(m))
	}
	proof := b.integral(multipliers, float64(int64(1)<<multiplierBits)/max(most, 1e-300))
	if !b.dual(l, proof, noPrices).Positive() {
		return false
	}
	for i := range b.Values {
		b.carried[i] = b.carried[i] || proof[i] > 0
	}
	return true
}

// noPrices says that launches cost nothing.
const noPrices = -1

// dual returns the dual bound by multipliers, prices as 2^shift.
func (b *Branching) dual(l *leaf, multipliers []int64, shift int) arith.Wide {
	var total arith.Wide
	for i, m := range multipliers[:len(b.sides)] {
		if i < len(b.Values) {
			total.Add(m, sideScale)
		} else {
			total.Add(-m, sideScale)
		}
	}
	for j := range l.low {
		reduced, at := b.reduced(j, multipliers, shift), l.low[j]
		if reduced < 0 {
			at = l.high[j]
		}
		total.Add(reduced, at)
	}
	return total
}

// reduced returns the price of an option as 2^shift, less what the rows pay; of a group what its
// sum costs.
func (b *Branching) reduced(j int, multipliers []int64, shift int) int64 {
	rows, groups := multipliers[:len(b.sides)], multipliers[len(b.sides):]
	if g := j - len(b.Options); g >= 0 {
		return groups[g]
	}
	reduced := int64(0)
	if shift != noPrices {
		reduced = b.Options[j].Price << shift
	}
	for i, m := range rows {
		if i < len(b.Values) {
			reduced -= m * b.sides[i][j]
		} else {
			reduced += m * b.sides[i][j]
		}
	}
	for g, m := range groups {
		reduced -= m * b.Groups[g][j]
	}
	return reduced
}

// integral returns multiples of the multipliers of the rows and groups as whole numbers, rounded
// towards 0. Each times a whole side, or the greatest weight of its group, is at most 2^multiplierBits.
func (b *Branching) integral(multipliers []float64, scale float64) []int64 {
	out := make([]int64, len(multipliers))
	for i, m := range multipliers {
		unit := int64(sideScale)
		if g := i - len(b.sides); g >= 0 {
			unit = slices.Max(b.Groups[g])
		}
		most := int64(1<<multiplierBits) / unit
		out[i] = int64(max(-float64(most), min(float64(most), m*scale/float64(unit))))
	}
	return out
}
