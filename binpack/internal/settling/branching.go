package settling

import (
	"container/heap"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// wholeTol: a number this close to a whole one counts as it.
	wholeTol = 1e-6
	// freePrice is about the price of what is free, as a part of the incumbent's cost:
	// programs in which much is free cycle.
	freePrice = 1e-9
	// elementsPerTick is the number of elements of a tableau that a pivot computes in one tick.
	elementsPerTick = 32
	// freshPivots is the number of pivots after which the tableau is begun anew, against
	// rounding errors.
	freshPivots = 3_000
)

// A branching is branch and bound over the variables of the rules, then pods left of each class,
// then columns.
type branching struct {
	x       *relaxation
	columns []model.Column
	prices  []float64 // per variable
	weights []float64 // per variable of the rules that is to be whole: what one more or less is worth
	rows    int
	enough  float64

	root, program lp.Tableau
	pivots        int // since the program was begun anew
	low, high     []int64
	open          ilp.Open[*box]
	boxes         int // made
	plunges, vain int // of all, and since the last solution
}

// newBranching returns the branch and bound over these columns.
func newBranching(x *relaxation, columns []model.Column) branching {
	first := x.p.firstColumn()
	n := first + len(columns)
	b := branching{x: x, columns: columns, prices: make([]float64, n), low: make([]int64, n), high: make([]int64, n)}
	copy(b.high, x.p.most)
	for c := range x.p.m.Classes {
		b.high[len(x.p.most)+c] = min(x.p.m.Classes[c].Count, x.left)
	}
	entries := x.entries()
	for k, j := range columns {
		v := first + k
		b.prices[v] = float64(x.m.Bins[j.Bin].Price)
		for _, c := range j.Counts {
			b.high[v] = max(b.high[v], arith.CeilDiv(x.m.Classes[c.Class].Count, c.N))
		}
		for _, u := range x.m.Bins[j.Bin].Uses {
			b.high[v] = min(b.high[v], x.m.Caps[u.Cap]/u.Amount)
		}
		entries = append(entries, x.entriesOf(&j))
	}
	rows := x.rows()
	b.rows = len(rows)
	coefficients := make([][]float64, len(rows))
	for i := range rows {
		coefficients[i] = make([]float64, n)
	}
	for v, of := range entries {
		for _, e := range of {
			coefficients[e.Row][v] += e.Value
		}
	}
	var cuts, caps [][]float64
	var cutSides, capSides []float64
	for i, r := range rows {
		if r.AtMost {
			caps, capSides = append(caps, coefficients[i]), append(capSides, r.B)
		} else {
			cuts, cutSides = append(cuts, coefficients[i]), append(cutSides, r.B)
		}
	}
	prices := make([]float64, n)
	for v := range prices {
		if prices[v] = b.prices[v] / x.side; prices[v] == 0 {
			prices[v] = freePrice * (1 + float64(v*7919%1000)/1000)
		}
	}
	b.weigh()
	b.root = *lp.NewTableau(prices, slices.Concat(cuts, caps), slices.Concat(cutSides, capSides), len(cuts))
	b.program.Set(&b.root)
	return b
}

// weigh weighs the variables of the rules: pods by their duals, and a choice by all pods that it is about.
func (b *branching) weigh() {
	p := b.x.p
	b.weights = make([]float64, len(p.most))
	for i, of := range p.parts {
		if of.number >= 0 {
			b.weights[of.number] = max(b.x.duals[i], 1)
		}
	}
	for _, c := range p.choices {
		b.weights[c.variable] = b.weights[c.pods] * float64(c.most)
	}
}

// solve solves the program within the bounds, and reports whether there may be solutions.
func (b *branching) solve() bool {
	if b.pivots > freshPivots {
		b.program.Set(&b.root)
		b.pivots = 0
	}
	b.program.Pivots = 0
	b.program.Settle()
	row := b.program.Solve(b.low, b.high)
	b.pivots += b.program.Pivots
	b.x.meter.Spend((1 + b.program.Pivots) * len(b.low) * b.rows / elementsPerTick)
	return row < 0
}

// next returns the box to look at next: that of the least bound, or the newest, in turn.
func (b *branching) next() *box {
	if b.plunges++; b.plunges%2 == 1 {
		return heap.Pop(&b.open).(*box)
	}
	newest := 0
	for i, x := range b.open {
		if x.number > b.open[newest].number {
			newest = i
		}
	}
	return heap.Remove(&b.open, newest).(*box)
}

// plunge goes from a box to smaller and smaller ones, until there is no better solution in it or
// one is found, which s takes. What it leaves out on the way is open.
func (b *branching) plunge(s *Search) {
	x := b.next()
	b.vain++
	for b.low, b.high = x.low, x.high; x.bound <= b.enough && b.solve() && !b.x.meter.Done(); {
		at := b.program.Launches(b.low, b.high)
		cost := 0.0
		for v, n := range at {
			cost += float64(b.prices[v] * n)
		}
		if cost > b.enough {
			return
		}
		v := b.undecided(at)
		if v < 0 {
			s.take(at)
			return
		}
		b.boxes++
		floor := int64(math.Floor(at[v]))
		other := &box{low: slices.Clone(b.low), high: slices.Clone(b.high), bound: cost, number: b.boxes}
		if at[v]-float64(floor) > 0.5 || v >= len(b.x.p.most) {
			b.low[v], other.high[v] = floor+1, floor
		} else {
			b.high[v], other.low[v] = floor, floor+1
		}
		heap.Push(&b.open, other)
	}
}

// undecided returns the variable to branch on: which pods may be where, and how many, the one that is
// dearest by how far from whole it is; where all of these are whole the column that is nearest to one more.
// Below 0: all are whole.
func (b *branching) undecided(at []float64) int {
	out, most := -1, 0.0
	for _, v := range b.x.p.whole {
		if part := math.Abs(at[v] - math.Round(at[v])); part > wholeTol && part*b.weights[v] > most {
			out, most = v, part*b.weights[v]
		}
	}
	if out >= 0 {
		return out
	}
	most = wholeTol
	for v := len(b.x.p.most); v < len(at); v++ {
		if part := at[v] - math.Floor(at[v]); part > most && part < 1-wholeTol {
			out, most = v, part
		}
	}
	return out
}

// solution returns the solution of the unsplit model of these whole numbers, without pods that
// more than one column has.
func (b *branching) solution(at []float64) model.Solution {
	p := b.x.p
	in := make([]int64, len(p.parts))
	for i := range in {
		if in[i] = p.m.Classes[p.parts[i].class].Count; p.parts[i].number >= 0 {
			in[i] = int64(math.Round(at[p.parts[i].number]))
		}
	}
	left := model.Solution{}.Left(p.m)
	var out model.Solution
	for k, j := range b.columns {
		for range int64(math.Round(at[p.firstColumn()+k])) {
			node := model.Column{Bin: j.Bin, Times: 1}
			for _, n := range j.Counts {
				c := p.parts[n.Class].class
				if some := min(n.N, in[n.Class], left[c]); some > 0 {
					in[n.Class] -= some
					left[c] -= some
					node.Counts = model.AddCount(node.Counts, c, some)
				}
			}
			if len(node.Counts) > 0 {
				out = append(out, node)
			}
		}
	}
	return out
}
