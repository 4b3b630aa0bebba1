package colgen

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/knapsack"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// MaxClasses is the number of classes up to which the master is quick
	// enough: its basis is a dense matrix with a row for each.
	MaxClasses = 250
	// valueUnit is what a dual of one unit of price counts as in whole values.
	valueUnit = 1 << 10
	// payTol: a column joins when it is worth more than (1+payTol) times its
	// price.
	payTol = 1e-6
	// addedPerRound is the most columns that join at once.
	addedPerRound = 24
	// maxPivots bounds one solve of the master.
	maxPivots = 3000
	// pivotTicks is what a pivot counts as, in ticks per row squared.
	pivotTicks = 1.0 / 8
)

// A Pool is columns, each once.
type Pool struct {
	Columns []model.Column // Times does not matter
	known   map[string]bool
}

// Add adds the columns of s that are new.
func (p *Pool) Add(s model.Solution) {
	for _, j := range s {
		p.add(j)
	}
}

func (p *Pool) add(j model.Column) bool {
	key := binary.AppendUvarint(nil, uint64(j.Bin))
	for _, n := range j.Counts {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(n.Class)), uint64(n.N))
	}
	if p.known == nil {
		p.known = map[string]bool{}
	}
	if p.known[string(key)] {
		return false
	}
	p.known[string(key)] = true
	p.Columns = append(p.Columns, j)
	return true
}

// A Generator solves the program for demands that shrink while a solution is
// made. It keeps its pool of columns.
type Generator struct {
	Pool
	Pivots int

	m      *model.Model
	bins   []int
	meter  *work.Meter
	filler *knapsack.Filler
	rng    *rand.Rand
}

// New returns a generator without columns.
func New(m *model.Model, bins []int, meter *work.Meter) *Generator {
	return &Generator{m: m, bins: bins, meter: meter, filler: knapsack.NewFiller(m, meter), rng: rand.New(rand.NewPCG(3, 4))}
}

// A Relaxed is a solution of the program.
type Relaxed struct {
	Duals  []float64 // per class
	Values []float64 // per column of the pool; 0: not used or not allowed
}

// An Effort bounds one solve.
type Effort struct {
	Rounds int   // most rounds of column generation
	Ticks  int64 // most ticks, about
	Level  int   // most effort of the knapsacks, from 0 to Thorough
}

// Solve solves the program for the demand and the free caps, as far as the
// effort goes or until the meter is done. center are values of the classes to
// begin the search from.
func (g *Generator) Solve(demand, free []int64, center []float64, effort Effort) Relaxed {
	rows := g.rows(demand, free)
	master := lp.New(rows)
	var members []int // columns of the master, as indices in the pool
	join := func(j int) {
		members = append(members, j)
		master.Add(float64(g.m.Bins[g.Columns[j].Bin].Price), g.entries(&g.Columns[j]))
	}
	for j := range g.Columns {
		if allowed(&g.Columns[j], demand) {
			join(j)
		}
	}
	s := newSmoother(center, effort.Level)
	end := g.meter.Spent() + effort.Ticks
	for round := 0; ; round++ {
		before := master.Pivots
		solved := master.Solve(maxPivots)
		g.Pivots += master.Pivots - before
		g.meter.Spend(int(float64(master.Pivots-before) * float64(len(rows)*len(rows)) * pivotTicks))
		if !solved || round >= effort.Rounds || g.meter.Spent() >= end || g.meter.Done() {
			break
		}
		first := len(g.Columns)
		sep := s.mix(master.Duals())
		added, bound := g.price(master.Duals(), sep, demand, s.orders())
		if !s.next(sep, added, bound) {
			break
		}
		for j := first; j < len(g.Columns); j++ {
			join(j)
		}
	}
	r := Relaxed{Duals: slices.Clone(master.Duals()[:len(demand)]), Values: make([]float64, len(g.Columns))}
	for i, x := range master.Values() {
		r.Values[members[i]] = x
	}
	return r
}

// rows returns a row per class, that may be left uncovered at the price of a
// node for each pod, and a row per cap.
func (g *Generator) rows(demand, free []int64) []lp.Row {
	var rows []lp.Row
	for c, n := range demand {
		least := -1.0
		for _, b := range g.bins {
			if p := float64(g.m.Bins[b].Price); g.m.MostOf(c, b) > 0 && (least < 0 || p < least) {
				least = p
			}
		}
		rows = append(rows, lp.Row{B: float64(n), Side: 2*max(least, 0) + 1})
	}
	for _, n := range free {
		rows = append(rows, lp.Row{B: float64(n), AtMost: true})
	}
	return rows
}

func (g *Generator) entries(j *model.Column) []lp.Entry {
	var entries []lp.Entry
	for _, n := range j.Counts {
		entries = append(entries, lp.Entry{Row: n.Class, Value: float64(n.N)})
	}
	for _, u := range g.m.Bins[j.Bin].Uses {
		entries = append(entries, lp.Entry{Row: len(g.m.Classes) + u.Cap, Value: float64(u.Amount)})
	}
	return entries
}

// allowed reports whether the demand has all the pods of a column.
func allowed(j *model.Column, demand []int64) bool {
	for _, n := range j.Counts {
		if n.N > demand[n.Class] {
			return false
		}
	}
	return true
}

// price looks for columns by the duals sep, in so many orders a bin, and adds
// those that pay most by the master's duals pi. It returns how many, and about
// which bound on the program sep gives (Farley, A Note on Bounding a Class of
// Linear Programming Problems, 1990): the knapsack is a heuristic, so no more
// than about.
func (g *Generator) price(pi, sep []float64, demand []int64, orders int) (added int, bound float64) {
	classes := len(demand)
	value := make([]int64, classes)
	for c := range value {
		value[c] = int64(float64(sep[c] * valueUnit))
		bound += float64(sep[c] * float64(demand[c]))
	}
	type found struct {
		column model.Column
		ratio  float64
	}
	var best []found
	dearest := 1.0
	for _, b := range g.bins {
		price := float64(g.m.Bins[b].Price)
		for _, u := range g.m.Bins[b].Uses {
			price -= float64(pi[classes+u.Cap] * float64(u.Amount))
		}
		price = max(price, 1)
		counts, worth := g.filler.Fill(b, value, demand, orders, g.rng)
		dearest = max(dearest, float64(worth)/float64(price*valueUnit))
		real := 0.0
		for _, n := range counts {
			real += float64(pi[n.Class] * float64(n.N))
		}
		if ratio := real / price; ratio > 1+payTol {
			best = append(best, found{model.Column{Bin: b, Counts: counts}, ratio})
		}
	}
	slices.SortStableFunc(best, func(x, y found) int { return -cmp.Compare(x.ratio, y.ratio) })
	for _, f := range best[:min(len(best), addedPerRound)] {
		if g.add(f.column) {
			added++
		}
	}
	return added, bound / dearest
}
