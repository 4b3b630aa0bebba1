package bound

import (
	"container/heap"
	"context"
	"math"
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack/internal/lp"
)

// A branching solves a program by branch and bound on the numbers of launches.
// The linear relaxation of each leaf is solved in floating point. Its duals, as
// whole numbers, give a bound of the leaf that is exact (weak duality): whatever
// the multipliers μ ≥ 0 of the cuts and ν ≥ 0 of the caps,
//
//	p·y  ≥  μ·V − ν·cap + Σ_b min { (p_b − Σ μ_i·K_ib + Σ ν_k·use_kb)·y_b : low_b ≤ y_b ≤ high_b }.
//
// The leaf with the least bound is split first, so that the bound of all grows
// with every step and may be taken at any.
type branching struct {
	rows    []int   // the cuts, by number; noCut: a floor
	values  []int64 // of each
	caps    []int64
	options []launch
	unit    int64 // every price is a multiple
	heap    leaves
	carried []bool // per row
}

// A launch is a node that may be launched, as the branching sees it.
type launch struct {
	node    int // of the prepared instance
	price   int64
	gains   []int64 // per row
	uses    []Use
	most    int64 // launches that can be of use
	limited bool  // most is a limit of the node itself
}

// A leaf is a part of the launches there are.
type leaf struct {
	low, high []int64
	bound     int64
	at        []float64 // what its linear relaxation launches
	split     int       // the option to branch on; -1: at is whole
}

type leaves []*leaf

func (l leaves) Len() int           { return len(l) }
func (l leaves) Less(i, j int) bool { return l[i].bound < l[j].bound }
func (l leaves) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *leaves) Push(x any)        { *l = append(*l, x.(*leaf)) }
func (l *leaves) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

const (
	// wholeTol: a number of launches this close to a whole one is taken for it.
	// What is proven does not depend on it.
	wholeTol = 1e-6
	// leastTol is the same where the whole ones do not meet the cuts: then what is
	// missing may be as little.
	leastTol = 1e-11
	// uncovered is the price of a cut that is not met, as a multiple of the most that
	// any option can cost: it makes leaves in which no launches do dear.
	uncovered = 1e6
	// stepLeaves is how many leaves may be opened without the bound growing by more
	// than one part in 2^leastGrowth: more would be of no use.
	stepLeaves  = 100
	leastGrowth = 14
	// branchPivots bounds the pivots of one leaf.
	branchPivots = 2000
)

// height returns the number of rows of the linear relaxation at the root.
func (b *branching) height() int {
	n := len(b.rows) + len(b.caps)
	for _, o := range b.options {
		if o.limited {
			n++
		}
	}
	return n
}

func (b *branching) solve(ctx context.Context, most int) (Answer, error) {
	b.carried = make([]bool, len(b.rows))
	for _, o := range b.options {
		b.unit = gcd(b.unit, o.price)
	}
	root := &leaf{low: make([]int64, len(b.options)), high: make([]int64, len(b.options))}
	for i, o := range b.options {
		root.high[i] = o.most
		if o.price == 0 && len(o.uses) == 0 {
			root.low[i] = o.most // free nodes do no harm
		}
	}
	b.open(root)
	out, before := Answer{Leaves: 1}, int64(0)
	for ; b.heap.Len() > 0; out.Leaves++ {
		if ctx.Err() != nil {
			return Answer{}, ctx.Err()
		}
		best := b.heap[0]
		if best.bound == math.MaxInt64 {
			out.Infeasible = true
			break
		}
		if best.split < 0 || out.Leaves >= most {
			break
		}
		if out.Leaves%stepLeaves == 1 { // the bound must grow
			if out.Leaves > 1 && best.bound-before <= before>>leastGrowth {
				break
			}
			before = best.bound
		}
		heap.Pop(&b.heap)
		floor := int64(best.at[best.split])
		down := &leaf{low: slices.Clone(best.low), high: slices.Clone(best.high), bound: best.bound}
		down.high[best.split] = floor
		up := &leaf{low: best.low, high: best.high, bound: best.bound}
		up.low[best.split] = floor + 1
		b.open(down)
		b.open(up)
	}
	for i, counts := range b.carried {
		if counts && b.rows[i] != noCut {
			out.Carried = append(out.Carried, b.rows[i])
		}
	}
	if b.heap.Len() == 0 {
		out.Infeasible = true
		return out, nil
	}
	best := b.heap[0]
	out.Least, out.Whole = best.bound, best.split < 0
	for _, x := range best.at {
		out.Nodes = append(out.Nodes, int64(math.Ceil(x-wholeTol)))
	}
	return out, nil
}

// open solves the leaf's relaxation and adds the leaf, unless it is empty.
func (b *branching) open(l *leaf) {
	rest := slices.Clone(b.caps)
	for i, o := range b.options {
		if l.low[i] > l.high[i] {
			return
		}
		for _, u := range o.uses {
			if rest[u.Cap] -= mul(u.Amount, l.low[i]); rest[u.Cap] < 0 {
				return
			}
		}
	}
	x, duals := b.relax(l, rest)
	l.at = x
	l.bound = max(l.bound, b.least(l, duals))
	l.split = b.choose(l)
	heap.Push(&b.heap, l)
}

// choose returns the option to branch on: the one that is dearest by how far from
// whole it is. -1: all are whole, and meet the cuts, or seem to be.
func (b *branching) choose(l *leaf) int {
	tol := wholeTol
	if b.meets(l.whole()) {
		return b.farthest(l, wholeTol)
	}
	if split := b.farthest(l, tol); split >= 0 {
		return split
	}
	return b.farthest(l, leastTol)
}

// farthest returns the option that is dearest by how far from whole it is, or -1
// where none is by more than tol.
func (b *branching) farthest(l *leaf, tol float64) int {
	split, most := -1, 0.0
	for i, x := range l.at {
		part := x - math.Floor(x+tol)
		if part <= tol {
			continue
		}
		if weight := min(part, 1-part) * float64(b.options[i].price); split < 0 || weight > most {
			split, most = i, weight
		}
	}
	return split
}

// whole returns the leaf's launches, rounded to the nearest whole numbers.
func (l *leaf) whole() []int64 {
	out := make([]int64, len(l.at))
	for i, x := range l.at {
		out[i] = int64(math.Round(x))
	}
	return out
}

// meets reports whether launches meet all cuts.
func (b *branching) meets(launches []int64) bool {
	for i, v := range b.values {
		sum := int64(0)
		for j, n := range launches {
			sum = add(sum, mul(b.options[j].gains[i], n))
		}
		if sum < v {
			return false
		}
	}
	return true
}

// relax returns the launches of the leaf's linear relaxation, and the duals of
// cuts and caps: per unit of a cut's value and of a cap, in prices.
func (b *branching) relax(l *leaf, rest []int64) (x, duals []float64) {
	// Rows are scaled to a right-hand side of about 1.
	var rows []lp.Row
	dearest := 1.0
	for _, o := range b.options {
		dearest = max(dearest, float64(o.price)*float64(o.most))
	}
	for i, v := range b.values {
		need := float64(v)
		for j, o := range b.options {
			need -= float64(float64(o.gains[i]) * float64(l.low[j]))
		}
		row := lp.Row{B: need / float64(v), Side: uncovered * dearest}
		if need <= 0 { // met by what is launched in any case
			row = lp.Row{}
		}
		rows = append(rows, row)
	}
	for k := range b.caps {
		rows = append(rows, lp.Row{B: float64(rest[k]) / float64(max(b.caps[k], 1)), AtMost: true})
	}
	bounded := make([]int, len(b.options))
	for j, o := range b.options {
		bounded[j] = -1
		if o.limited || l.high[j] < o.most {
			bounded[j] = len(rows)
			rows = append(rows, lp.Row{B: float64(l.high[j] - l.low[j]), AtMost: true})
		}
	}
	master := lp.New(rows)
	for j, o := range b.options {
		var entries []lp.Entry
		for i, g := range o.gains {
			if g > 0 {
				entries = append(entries, lp.Entry{Row: i, Value: float64(g) / float64(b.values[i])})
			}
		}
		for _, u := range o.uses {
			entries = append(entries, lp.Entry{Row: len(b.rows) + u.Cap, Value: float64(u.Amount) / float64(max(b.caps[u.Cap], 1))})
		}
		if bounded[j] >= 0 {
			entries = append(entries, lp.Entry{Row: bounded[j], Value: 1})
		}
		master.Add(float64(o.price), entries)
	}
	master.Solve(branchPivots)
	x = master.Values()
	for j := range x {
		x[j] += float64(l.low[j])
	}
	duals = slices.Clone(master.Duals()[:len(b.rows)+len(b.caps)])
	for i, v := range b.values {
		duals[i] /= float64(v)
	}
	for k, c := range b.caps {
		duals[len(b.rows)+k] /= float64(max(c, 1))
	}
	return x, duals
}

// multiplierBits is the size of the largest multiplier as a whole number.
const multiplierBits = 60

// least returns the leaf's exact bound by these duals, rounded up to a multiple of
// the unit.
func (b *branching) least(l *leaf, duals []float64) int64 {
	largest := 0.0
	for _, d := range duals {
		largest = max(largest, math.Abs(d))
	}
	if largest == 0 {
		return b.up(b.paid(l))
	}
	_, exp := math.Frexp(largest)
	shift := multiplierBits - exp
	multipliers := make([]*big.Int, len(duals))
	for i, d := range duals {
		whole := int64(math.Ldexp(max(d, 0), shift))
		if i >= len(b.rows) {
			whole = int64(math.Ldexp(max(-d, 0), shift))
		}
		multipliers[i] = big.NewInt(whole)
		if i < len(b.rows) && whole > 0 {
			b.carried[i] = true
		}
	}
	total, term, reduced := new(big.Int), new(big.Int), new(big.Int)
	for i, v := range b.values {
		total.Add(total, term.Mul(multipliers[i], big.NewInt(v)))
	}
	for k, c := range b.caps {
		total.Sub(total, term.Mul(multipliers[len(b.rows)+k], big.NewInt(c)))
	}
	for j := range b.options {
		o := &b.options[j]
		scaled(reduced, o.price, shift)
		for i, g := range o.gains {
			reduced.Sub(reduced, term.Mul(multipliers[i], big.NewInt(g)))
		}
		for _, u := range o.uses {
			reduced.Add(reduced, term.Mul(multipliers[len(b.rows)+u.Cap], big.NewInt(u.Amount)))
		}
		at := l.low[j]
		if reduced.Sign() < 0 {
			at = l.high[j]
		}
		total.Add(total, term.Mul(reduced, big.NewInt(at)))
	}
	// The bound is total / 2^shift, rounded up.
	if shift > 0 {
		total.Neg(total).Rsh(total, uint(shift)).Neg(total)
	} else {
		total.Lsh(total, uint(-shift))
	}
	switch {
	case total.Sign() <= 0:
		return b.up(b.paid(l))
	case !total.IsInt64():
		return math.MaxInt64
	}
	return b.up(total.Int64())
}

// scaled sets z to price × 2^shift, rounded down.
func scaled(z *big.Int, price int64, shift int) {
	z.SetInt64(price)
	if shift > 0 {
		z.Lsh(z, uint(shift))
	} else {
		z.Rsh(z, uint(-shift))
	}
}

// paid returns the price of the launches that the leaf has in any case.
func (b *branching) paid(l *leaf) int64 {
	sum := int64(0)
	for j, o := range b.options {
		sum = add(sum, mul(o.price, l.low[j]))
	}
	return sum
}

// up rounds a price up to a multiple of the unit.
func (b *branching) up(price int64) int64 {
	if b.unit == 0 || price%b.unit == 0 || price > math.MaxInt64-b.unit {
		return price
	}
	return price + b.unit - price%b.unit
}
