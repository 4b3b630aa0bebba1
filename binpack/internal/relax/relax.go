package relax

import (
	"cmp"
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// maxRows bounds the program: where there are more pairs of group and
	// resource, all classes are taken for one group.
	maxRows = 240
	// maxRounds and maxPivots bound the column generation; it seldom needs a
	// tenth of either.
	maxRounds, maxPivots = 200, 5000
	// maxElements bounds the elements of the basis that pivots compute, and what looks at
	// bins take as much time as; a program of some hundred rows does not get there.
	maxElements = 200_000_000
	// elementsPerBin is the number of elements that take as long as one look at a bin.
	elementsPerBin = 50
	// addedPerRound is the number of columns added at once.
	addedPerRound = 12
	// payTol: a column is added when its bin is worth more than (1+payTol)
	// times its price.
	payTol = 1e-7
	// sideTol: without caps, to leave a row to its side variable is dearer by this
	// much than to launch for it.
	sideTol = 1e-6
	// leastShare: a pod is worth at least this share of the cheapest way to
	// give it a node's resource of its own, so that resources with a dual of
	// zero do not make pods worthless.
	leastShare = 1e-3
)

// A Relaxation is the program of a model and its solution.
type Relaxation struct {
	Values []float64 // per class, of one pod, in units of price; none is worthless
	Duals  []float64 // the same by the duals alone: what proves most
	Caps   []float64 // per cap, the worth of one unit of it
	Pivots int

	Launches []float64 // per bin of the model, how often it is launched

	m      *model.Model
	given  []int       // bins of the model
	bins   []model.Bin // those given, clamped
	group  []int       // class → group
	groups [][]bool    // group → bins that admit it
	rows   [][]int     // group, resource → row; -1: no demand
	demand []float64   // row → demand
	caps   []int       // cap → row; -1: no bin uses it
}

// Solve values the classes of m by the bins given; each class needs
// one that admits it.
// When ctx ends, what is known is it.
func Solve(ctx context.Context, m *model.Model, bins []int) *Relaxation {
	x := &Relaxation{m: m, given: bins}
	for _, b := range bins {
		x.bins = append(x.bins, m.Clamp(b))
	}
	x.groupClasses()
	if len(x.demand) > maxRows {
		x.oneGroup()
	}
	duals := x.generate(ctx)
	x.value(duals)
	x.Caps = make([]float64, len(m.Caps))
	for k, row := range x.caps {
		if row >= 0 {
			x.Caps[k] = max(0, -duals[row]) / float64(max(m.Caps[k], 1))
		}
	}
	return x
}

func (x *Relaxation) groupClasses() {
	x.group = make([]int, len(x.m.Classes))
	for c := range x.m.Classes {
		admits := make([]bool, len(x.bins))
		for b := range x.bins {
			admits[b] = x.bins[b].Admits.Has(c)
		}
		g := slices.IndexFunc(x.groups, func(o []bool) bool { return slices.Equal(o, admits) })
		if g < 0 {
			g = len(x.groups)
			x.groups = append(x.groups, admits)
		}
		x.group[c] = g
	}
	x.numberRows()
}

func (x *Relaxation) oneGroup() {
	x.groups = [][]bool{slices.Repeat([]bool{true}, len(x.bins))}
	clear(x.group)
	x.numberRows()
}

func (x *Relaxation) numberRows() {
	demand := make([][]float64, len(x.groups))
	x.rows = make([][]int, len(x.groups))
	for g := range x.groups {
		demand[g] = make([]float64, x.m.Resources)
		x.rows[g] = slices.Repeat([]int{-1}, x.m.Resources)
	}
	for c, class := range x.m.Classes {
		for r, q := range class.Requests {
			demand[x.group[c]][r] += float64(class.Count * q)
		}
	}
	x.demand = nil
	for g := range demand {
		for r, d := range demand[g] {
			if d > 0 {
				x.rows[g][r] = len(x.demand)
				x.demand = append(x.demand, d)
			}
		}
	}
}

// share returns which part of the demand of the row one launch of bin b
// covers.
func (x *Relaxation) share(b, row, r int) float64 {
	return min(float64(x.bins[b].Capacity[r])/x.demand[row], 1)
}

// generate solves the program over the shares of demand, and returns the duals
// of the rows.
func (x *Relaxation) generate(ctx context.Context) []float64 {
	var rows []lp.Row
	for _, side := range x.alone() {
		if len(x.m.Caps) == 0 {
			side *= 1 + sideTol
		}
		rows = append(rows, lp.Row{B: 1, Side: side})
	}
	x.caps = slices.Repeat([]int{-1}, len(x.m.Caps))
	for b := range x.bins {
		for _, u := range x.bins[b].Uses {
			if x.caps[u.Cap] < 0 { // in shares of the cap, as amounts may be large
				x.caps[u.Cap] = len(rows)
				rows = append(rows, lp.Row{B: 1, AtMost: true})
			}
		}
	}
	master := lp.New(rows)
	master.Ended = func() bool { return ctx.Err() != nil }
	var bins []int
	elements := 0
	for range maxRounds {
		before, size := master.Pivots, max(1, master.Rows()*master.Rows())
		solved := master.Solve(min(maxPivots, 1+(maxElements-elements)/size))
		elements += (master.Pivots-before)*size + len(x.bins)*elementsPerBin
		if elements >= maxElements {
			break
		}
		columns := x.newColumns(master.Duals())
		for _, c := range columns {
			master.Add(c.cost, c.entries)
			bins = append(bins, c.bin)
		}
		if len(columns) == 0 || !solved {
			break
		}
	}
	x.Pivots = master.Pivots
	x.Launches = make([]float64, len(x.m.Bins))
	for j, v := range master.Values() {
		x.Launches[x.given[bins[j]]] += v
	}
	return master.Duals()
}

// uses returns which part of each cap one launch of bin b takes, as entries of
// a column.
func (x *Relaxation) uses(b int) []lp.Entry {
	var entries []lp.Entry
	for _, u := range x.bins[b].Uses {
		part := float64(u.Amount) / float64(max(x.m.Caps[u.Cap], 1))
		entries = append(entries, lp.Entry{Row: x.caps[u.Cap], Value: part})
	}
	return entries
}

// alone returns, per row, a cost to cover it with one bin alone. No dual need be
// higher, so as the cost of a side variable it keeps the program feasible and
// changes nothing, unless caps leave pods over: it is what those are worth.
func (x *Relaxation) alone() []float64 {
	least := slices.Repeat([]float64{-1}, len(x.demand))
	for g := range x.groups {
		for r, row := range x.rows[g] {
			if row < 0 {
				continue
			}
			least[row] = x.coverAlone(g, row, r)
			least[row] = max(least[row], 0)
		}
	}
	return least
}

// coverAlone returns the cost to cover a row with the cheapest bin that no cap
// limits, or where there is none with the dearest that one does; below 0: there
// are none.
func (x *Relaxation) coverAlone(g, row, r int) float64 {
	least, most := -1.0, -1.0
	for b := range x.bins {
		s := x.share(b, row, r)
		if !x.groups[g][b] || s == 0 {
			continue
		}
		cost := float64(x.bins[b].Price) / s
		switch {
		case len(x.bins[b].Uses) > 0:
			most = max(most, cost)
		case least < 0 || cost < least:
			least = cost
		}
	}
	if least < 0 {
		return most
	}
	return least
}

type generated struct {
	worth   float64 // value over price
	bin     int
	cost    float64
	entries []lp.Entry
}

// newColumns returns the columns that pay most.
func (x *Relaxation) newColumns(duals []float64) []generated {
	orders := x.orders(duals)
	var out []generated
	for b := range x.bins {
		column := generated{bin: b, cost: float64(x.bins[b].Price), entries: x.uses(b)}
		value := 0.0
		for _, e := range column.entries {
			value += float64(duals[e.Row] * e.Value) // below 0
		}
		for r, order := range orders {
			value += x.fill(&column, b, r, order, duals)
		}
		if value <= float64(column.cost*(1+payTol)) {
			continue
		}
		column.worth = value / max(column.cost, 1)
		i := 0
		for i < len(out) && out[i].worth >= column.worth {
			i++
		}
		if out = slices.Insert(out, i, column); len(out) > addedPerRound {
			out = out[:addedPerRound]
		}
	}
	return out
}

// orders returns, per resource, the groups that ask for it, the one that pays
// most for a unit first.
func (x *Relaxation) orders(duals []float64) [][]int {
	orders := make([][]int, x.m.Resources)
	for r := range orders {
		for g := range x.groups {
			if row := x.rows[g][r]; row >= 0 && duals[row] > 0 {
				orders[r] = append(orders[r], g)
			}
		}
		slices.SortStableFunc(orders[r], func(g, h int) int {
			i, j := x.rows[g][r], x.rows[h][r]
			return -cmp.Compare(duals[i]/x.demand[i], duals[j]/x.demand[j])
		})
	}
	return orders
}

// fill gives resource r of bin b to the groups in order, to each at most what
// it asks for in all, and returns what that is worth.
func (x *Relaxation) fill(column *generated, b, r int, order []int, duals []float64) float64 {
	value, room := 0.0, float64(x.bins[b].Capacity[r])
	for _, g := range order {
		if room <= 0 {
			break
		}
		if !x.groups[g][b] {
			continue
		}
		row := x.rows[g][r]
		part := min(room, x.demand[row])
		room -= part
		column.entries = append(column.entries, lp.Entry{Row: row, Value: part / x.demand[row]})
		value += float64(duals[row] * (part / x.demand[row]))
	}
	return value
}

// value turns the duals into values of pods.
func (x *Relaxation) value(duals []float64) {
	alone := x.alone()
	x.Values, x.Duals = make([]float64, len(x.m.Classes)), make([]float64, len(x.m.Classes))
	for c, class := range x.m.Classes {
		for r, q := range class.Requests {
			row := x.rows[x.group[c]][r]
			if row < 0 {
				continue
			}
			part := float64(q) / x.demand[row]
			x.Duals[c] += float64(part * duals[row])
			x.Values[c] += max(float64(part*duals[row]), float64(float64(part*alone[row])*leastShare))
		}
	}
}
