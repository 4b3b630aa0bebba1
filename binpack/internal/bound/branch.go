package bound

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A branching solves a program by branch and bound on the numbers of launches (Land and
// Doig, 1960). The linear relaxation of each leaf is solved in floating point; its
// duals, as whole numbers, give a bound of the leaf that is exact (leaf.go). The leaf
// with the least bound is split first, so that the bound of all grows with every
// step and may be taken at any.
type branching struct {
	rows    []int   // the cuts, by number; noCut: a floor
	values  []int64 // of each
	caps    []int64
	options []launch
	unit    int64 // every price is a multiple
	heap    leaves
	carried []bool // per row
	opened  int

	round func(at []float64) int64 // the price of some whole launches near these; nil: nobody knows
	known int64                    // the least of these prices

	sides      [][]int64 // per row, cuts before caps: of each option, in parts of wholeSide
	root, leaf tableau   // solved for the root, and for the leaf that is looked at
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
	number    int       // in the order in which they were opened
}

// leaves have the one with the least bound first, and of those the newest.
type leaves []*leaf

func (l leaves) Len() int { return len(l) }
func (l leaves) Less(i, j int) bool {
	return l[i].bound < l[j].bound || l[i].bound == l[j].bound && l[i].number > l[j].number
}
func (l leaves) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *leaves) Push(x any)   { *l = append(*l, x.(*leaf)) }
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
)

// solve looks at no more than so many leaves, and stops where the bound is enough or ctx
// ends.
func (b *branching) solve(ctx context.Context, most int, enough int64) Answer {
	b.carried = make([]bool, len(b.rows))
	root := &leaf{low: make([]int64, len(b.options)), high: make([]int64, len(b.options))}
	for i, o := range b.options {
		b.unit = arith.GCD(b.unit, o.price)
		root.high[i] = o.most
		if o.price == 0 && len(o.uses) == 0 {
			root.low[i] = o.most // free nodes do no harm
		}
	}
	b.known = math.MaxInt64
	b.prepare(root)
	b.open(root)
	for b.heap.Len() > 0 {
		best := b.heap[0]
		if best.split < 0 || b.opened >= most || best.bound >= min(enough, b.known) || ctx.Err() != nil {
			return b.answer(best)
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
	return b.answer(nil)
}

// answer returns what follows from the leaf of the least bound; nil: there is none.
func (b *branching) answer(best *leaf) Answer {
	out := Answer{Leaves: b.opened}
	for i, counts := range b.carried {
		if counts && b.rows[i] != noCut {
			out.Carried = append(out.Carried, b.rows[i])
		}
	}
	if best == nil {
		out.Infeasible = true
		return out
	}
	out.Least, out.Whole = best.bound, best.split < 0
	for _, x := range best.at {
		out.Nodes = append(out.Nodes, int64(math.Ceil(x-wholeTol)))
	}
	return out
}

// choose returns the option to branch on: the one that is dearest by how far from
// whole it is. -1: all are whole, and meet the cuts, or seem to be.
func (b *branching) choose(l *leaf) int {
	split := b.farthest(l, wholeTol)
	if split < 0 && !b.meets(l.whole()) {
		return b.farthest(l, leastTol)
	}
	return split
}

// farthest returns the option that is dearest by how far from whole it is, or -1
// where none is by more than tol.
func (b *branching) farthest(l *leaf, tol float64) int {
	split, most := -1, 0.0
	for i, x := range l.at {
		part := x - math.Floor(x+tol)
		if part <= tol || x < float64(l.low[i]) || x >= float64(l.high[i]) {
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
			sum = arith.Add(sum, arith.Mul(b.options[j].gains[i], n))
		}
		if sum < v {
			return false
		}
	}
	return true
}
