package settling

import (
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/knapsack"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// valueUnit is what the greatest dual counts as in whole values.
	valueUnit = 1 << 20
	// payTol: a column joins when it is worth more than (1+payTol) times its price.
	payTol = 1e-6
	// maxPivots bounds one solve of the linear program.
	maxPivots = 3000
	// pivotTicks is what a pivot counts as, in ticks per row squared.
	pivotTicks = 1.0 / 32
)

// levels are the efforts of the knapsack for one bin: more where less finds nothing.
var levels = [...]knapsack.Effort{
	{Starts: 2, Exchanges: 20},
	{Starts: 6, Exchanges: 60},
}

// A relaxation is the linear program over columns, with the rows of rules.
type relaxation struct {
	p       *program
	m       *model.Model // divided
	bins    []int
	meter   *work.Meter
	columns []model.Column
	side    float64 // what it costs to leave a pod beyond those that may be left
	left    int64   // pods that may be left
	cost    float64
	duals   []float64 // per row; nil: it was not solved
}

// start takes the columns of a solution of the unsplit model over.
func (x *relaxation) start(s model.Solution) {
	for _, j := range s {
		out := model.Column{Bin: j.Bin}
		for _, n := range j.Counts {
			for _, i := range x.p.of[n.Class] {
				if slices.Contains(x.p.parts[i].bins, j.Bin) {
					out.Counts = model.AddCount(out.Counts, i, n.N)
				}
			}
		}
		x.columns = append(x.columns, out)
	}
}

// ruled returns the classes with rules.
func (x *relaxation) ruled() (out []int) {
	for c, rules := range x.p.rules {
		if len(rules) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// caps returns the number of the row of the first cap: before it are those of the parts, then
// of the classes with rules; after the caps come the rows of rules and that of the pods left.
func (x *relaxation) caps() int { return len(x.p.parts) + len(x.ruled()) }

// rows returns the rows.
func (x *relaxation) rows() []lp.Row {
	var rows []lp.Row
	for i := range x.p.parts {
		asked := 0.0
		if x.p.parts[i].number < 0 {
			asked = float64(x.p.m.Classes[x.p.parts[i].class].Count)
		}
		rows = append(rows, lp.Row{B: asked, Side: x.side})
	}
	for _, c := range x.ruled() {
		rows = append(rows, lp.Row{B: float64(x.p.m.Classes[c].Count), Side: x.side})
	}
	for _, n := range x.m.Caps {
		rows = append(rows, lp.Row{B: float64(n), AtMost: true})
	}
	for _, r := range x.p.rows {
		rows = append(rows, lp.Row{B: r.side, AtMost: r.atMost, Side: x.side})
	}
	return append(rows, lp.Row{B: float64(x.left), AtMost: true})
}

// entries returns the entries of each variable of the rules, then of the pods left of each class.
func (x *relaxation) entries() [][]lp.Entry {
	out := make([][]lp.Entry, x.p.firstColumn())
	add := func(v, row int, times float64) {
		out[v] = append(out[v], lp.Entry{Row: row, Value: times})
	}
	rules := x.caps() + len(x.m.Caps)
	last := rules + len(x.p.rows)
	asked := make([]int, len(x.p.m.Classes)) // row in which the pods of a class are asked for
	for i, part := range x.p.parts {
		if part.number >= 0 {
			add(part.number, i, -1)
		} else {
			asked[part.class] = i
		}
	}
	for k, c := range x.ruled() {
		asked[c] = len(x.p.parts) + k
		for _, i := range x.p.of[c] {
			add(x.p.parts[i].number, asked[c], 1)
		}
	}
	for c := range x.p.m.Classes {
		if len(x.p.of[c]) > 0 {
			add(len(x.p.most)+c, asked[c], 1)
			add(len(x.p.most)+c, last, 1)
		}
	}
	for i, r := range x.p.rows {
		for _, t := range r.terms {
			add(t.variable, rules+i, t.times)
		}
	}
	return out
}

// entriesOf returns the entries of a column.
func (x *relaxation) entriesOf(j *model.Column) []lp.Entry {
	var out []lp.Entry
	for _, n := range j.Counts {
		out = append(out, lp.Entry{Row: n.Class, Value: float64(n.N)})
	}
	for _, u := range x.m.Bins[j.Bin].Uses {
		out = append(out, lp.Entry{Row: x.caps() + u.Cap, Value: float64(u.Amount)})
	}
	return out
}

// reduced returns the reduced cost of a column.
func (x *relaxation) reduced(j *model.Column) float64 {
	out := float64(x.m.Bins[j.Bin].Price)
	for _, e := range x.entriesOf(j) {
		out -= float64(x.duals[e.Row] * e.Value)
	}
	return out
}

// solve solves the program by column generation, in about ticks ticks.
func (x *relaxation) solve(ticks int64) bool {
	rows := x.rows()
	master := lp.New(rows)
	master.Ended = func() bool { return x.meter.Context().Err() != nil }
	for _, entries := range x.entries() {
		master.Add(0, entries)
	}
	add := func(j *model.Column) { master.Add(float64(x.m.Bins[j.Bin].Price), x.entriesOf(j)) }
	for i := range x.columns {
		add(&x.columns[i])
	}
	filler, rng := knapsack.NewFiller(x.m, x.meter), rand.New(rand.NewPCG(9, 10))
	limit := make([]int64, len(x.m.Classes))
	for c := range limit {
		limit[c] = x.m.Classes[c].Count
	}
	end := x.meter.Spent() + ticks
	for level := 0; level < len(levels); {
		before := master.Pivots
		solved := master.Solve(maxPivots)
		x.meter.Spend(int(float64(master.Pivots-before) * float64(len(rows)*len(rows)) * pivotTicks))
		if !solved {
			return false
		}
		if x.meter.Spent() >= end || x.meter.Done() {
			break
		}
		first := len(x.columns)
		x.fill(master.Duals(), filler, limit, levels[level], rng)
		if len(x.columns) == first {
			level++
			continue
		}
		for i := first; i < len(x.columns); i++ {
			add(&x.columns[i])
		}
		level = 0
	}
	x.cost, x.duals = master.Cost(), slices.Clone(master.Duals())
	return true
}

// fill adds columns that are worth more than they cost by the duals.
func (x *relaxation) fill(duals []float64, filler *knapsack.Filler, limit []int64, effort knapsack.Effort, rng *rand.Rand) {
	most, caps := 1e-300, x.caps()
	for _, pi := range duals[:len(x.m.Classes)] {
		most = max(most, pi)
	}
	value := make([]int64, len(x.m.Classes))
	for c := range value {
		value[c] = int64(float64(max(0, duals[c])/most) * valueUnit)
	}
	filler.Begin(value, limit)
	for _, b := range x.bins {
		price := float64(x.m.Bins[b].Price)
		for _, u := range x.m.Bins[b].Uses {
			price -= float64(duals[caps+u.Cap] * float64(u.Amount))
		}
		price = float64(price*(1+payTol)) + payTol
		for _, n := range filler.Fill(b, price/most*valueUnit, effort, rng) {
			worth := 0.0
			for _, k := range n.Counts {
				worth += float64(duals[k.Class] * float64(k.N))
			}
			if worth > price {
				x.columns = append(x.columns, model.Column{Bin: b, Counts: n.Counts})
			}
		}
	}
}
