package ilp

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/lp"
)

// A Branching solves a program by branch and bound on the numbers of launches (Land and
// Doig, 1960). The linear relaxation of each leaf is solved in floating point; its
// duals, as whole numbers, give a bound of the leaf that is exact (leaf.go). The leaf
// with the least bound is split first, so that the bound of all grows with every
// step and may be taken at any.
type Branching struct {
	Values  []int64   // of each row: what launches must gain at least
	Caps    []int64   // what launches may take at most
	Options []Option  // what can be launched
	Groups  [][]int64 // sums of launches to branch on: of each, the weights of the options, at least 0 and not all 0

	Refutes func(launches []int64) bool // whether neither these whole launches are possible nor fewer; nil: nobody knows

	Round func(at []float64) int64 // the price of some whole launches near these; nil: nobody knows
	known int64                    // the least of these prices

	unit    int64 // every price is a multiple
	scale   int64 // by which prices are divided in the tableaus
	heap    Open[*leaf]
	carried []bool // per row
	opened  int    // leaves of this program
	numbers int    // of leaves, also of earlier programs
	earlier int    // programs that it goes on from

	sides      [][]int64  // per row, those of Values before those of Caps: of each option, in parts of sideScale
	root, leaf lp.Tableau // solved for the root, and for the leaf that is looked at
}

// An Answer is what is known of the least price.
type Answer struct {
	Least      int64   // no launches cost less
	Infeasible bool    // there are none; Least means nothing
	Launches   []int64 // per option, at the least price known, rounded up
	Integral   bool    // no launches cost less than Launches
	Carried    []int   // the rows that counted
	Leaves     int     // linear programs solved
	Elements   int     // of the root's tableau, computed in its pivots
	Resumed    bool    // it went on from an earlier program
}

// A leaf is a part of the launches there are.
type leaf struct {
	low, high []int64 // of the options, then of the groups
	bound     int64
	at        []float64 // what its linear relaxation launches, and the sums of the groups
	split     int       // what to branch on; -1: at is whole
	number    int       // in the order in which they were opened
	earlier   int       // which program it is a leaf of: what it knows is of that one
}

// Before reports whether l comes before o: that of the least bound does, of those the newest.
func (l *leaf) Before(o *leaf) bool {
	return l.bound < o.bound || l.bound == o.bound && l.number > o.number
}

const (
	// integralTol: a number of launches this close to a whole one is taken for it.
	// What is proven does not depend on it.
	integralTol = 1e-6
	// leastTol is the same where the whole ones do not meet the cuts: then what is
	// missing may be as little.
	leastTol = 1e-11
)

// Solve opens no more than most leaves, and stops when the bound is enough or ctx ends.
// It may be called once.
func (b *Branching) Solve(ctx context.Context, most int, enough int64) Answer {
	root := b.begin()
	if b.earlier == 0 {
		b.open(root)
	}
	for b.heap.Len() > 0 {
		best := b.heap[0]
		if best.bound >= min(enough, b.known) || ctx.Err() != nil {
			return b.answer(best)
		}
		if best.earlier < b.earlier { // the rows are others by now
			heap.Pop(&b.heap)
			b.open(best)
			continue
		}
		if b.opened >= most {
			return b.answer(best)
		}
		whole := best.split < 0
		if whole && (b.Refutes == nil || !b.Refutes(best.rounded()[:len(b.Options)])) {
			return b.answer(best)
		}
		if heap.Pop(&b.heap); whole {
			b.above(best)
		} else {
			b.divide(best)
		}
	}
	return b.answer(nil)
}

// begin solves the relaxation of all launches, and returns their leaf.
func (b *Branching) begin() *leaf {
	if b.carried == nil {
		b.carried = make([]bool, len(b.Values))
	}
	b.scale, b.known = 1, math.MaxInt64
	root := &leaf{low: make([]int64, len(b.Options)+len(b.Groups)), high: make([]int64, len(b.Options))}
	for i, o := range b.Options {
		b.unit = arith.GCD(b.unit, o.Price)
		if len(b.Groups) > 0 { // which cost nothing themselves: what is 0 but for rounding errors is to look like it
			b.scale = max(b.scale, o.Price)
		}
		root.high[i] = o.Most
		if o.Price == 0 && len(o.Uses) == 0 {
			root.low[i] = o.Most // free nodes do no harm
		}
	}
	root.high = append(root.high, Sums(b.Groups, root.high)...)
	b.prepare(root)
	return root
}

// divide opens the two parts of a leaf.
func (b *Branching) divide(l *leaf) {
	floor := int64(l.at[l.split])
	down := &leaf{low: slices.Clone(l.low), high: slices.Clone(l.high), bound: l.bound}
	down.high[l.split] = floor
	up := &leaf{low: l.low, high: l.high, bound: l.bound}
	up.low[l.split] = floor + 1
	b.open(down)
	b.open(up)
}

// above opens what a leaf has beside its launches and fewer: more of some option.
func (b *Branching) above(l *leaf) {
	for i, n := range slices.Backward(l.rounded()[:len(b.Options)]) {
		if n < l.high[i] {
			more := &leaf{low: slices.Clone(l.low), high: slices.Clone(l.high), bound: l.bound}
			more.low[i] = n + 1
			b.open(more)
			l.high[i] = n
		}
	}
}

// answer returns what follows from the leaf of the least bound; nil: there is none.
func (b *Branching) answer(best *leaf) Answer {
	out := Answer{Leaves: max(b.opened, 1), Resumed: b.earlier > 0, Elements: b.root.Pivots * len(b.sides) * len(b.Options)}
	for i, counts := range b.carried {
		if counts {
			out.Carried = append(out.Carried, i)
		}
	}
	if best == nil {
		out.Infeasible = true
		return out
	}
	out.Least, out.Integral = best.bound, best.split < 0 && best.earlier == b.earlier
	for _, x := range best.at[:len(b.Options)] {
		out.Launches = append(out.Launches, Ceil(x))
	}
	return out
}

// Ceil returns a number of launches rounded up, where it is not as good as whole.
func Ceil(x float64) int64 { return int64(math.Ceil(x - integralTol)) }

// choose returns what to branch on where the relaxation is solved: the group that is farthest from whole, or
// where all are whole the option that is dearest by how far from whole it is. -1: all are whole, and meet the
// cuts, or nothing is left to branch on.
func (b *Branching) choose(l *leaf) int {
	if group := b.farthestGroup(l); group >= 0 {
		return group
	}
	if split := b.farthest(l, integralTol); split >= 0 || b.meets(l.rounded()) {
		return split
	}
	if split := b.farthest(l, leastTol); split >= 0 {
		return split
	}
	return l.halve()
}

// farthest returns the option that is dearest by how far from whole it is, or -1
// where none is by more than tol.
func (b *Branching) farthest(l *leaf, tol float64) int {
	split, most := -1, 0.0
	for i, x := range l.at[:len(b.Options)] {
		part := x - math.Floor(x+tol)
		if part <= tol || x < float64(l.low[i]) || x >= float64(l.high[i]) {
			continue
		}
		if weight := min(part, 1-part) * float64(b.Options[i].Price); split < 0 || weight > most {
			split, most = i, weight
		}
	}
	return split
}

// farthestGroup returns which group is farthest from whole; -1: all are whole.
func (b *Branching) farthestGroup(l *leaf) int {
	split, most := -1, integralTol
	for i := len(b.Options); i < len(l.at); i++ {
		if x := l.at[i]; x >= float64(l.low[i]) && x < float64(l.high[i]) {
			if part := x - math.Floor(x); min(part, 1-part) > most {
				split, most = i, min(part, 1-part)
			}
		}
	}
	return split
}

// halve returns what to branch on where rounding errors hide it: what has most numbers left, in their
// middle. -1: each has one.
func (l *leaf) halve() int {
	split := -1
	for i, high := range l.high {
		l.at[i] = max(float64(l.low[i]), min(l.at[i], float64(high)))
		if high > l.low[i] && (split < 0 || high-l.low[i] > l.high[split]-l.low[split]) {
			split = i
		}
	}
	if split >= 0 {
		l.at[split] = float64(l.low[split] + (l.high[split]-l.low[split])/2)
	}
	return split
}

// rounded returns the leaf's launches, rounded to the nearest whole numbers.
func (l *leaf) rounded() []int64 {
	out := make([]int64, len(l.at))
	for i, x := range l.at {
		out[i] = int64(math.Round(x))
	}
	return out
}

// meets reports whether launches meet all cuts; if not, that which they miss counts.
func (b *Branching) meets(launches []int64) bool {
	for i, v := range b.Values {
		sum := int64(0)
		for j := range b.Options {
			sum = arith.Add(sum, arith.Mul(b.Options[j].Gains[i], launches[j]))
		}
		if sum < v {
			b.carried[i] = true
			return false
		}
	}
	return true
}
