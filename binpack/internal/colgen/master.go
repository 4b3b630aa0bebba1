package colgen

import (
	"encoding/binary"
	"maps"
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
	// maxPivots bounds one solve of the master.
	maxPivots = 3000
	// pivotTicks is what a pivot counts as, in ticks per row squared.
	pivotTicks = 1.0 / 32
	// sureFactor is how many times the price of a node that is sure to be had it costs at
	// least to leave a pod uncovered.
	sureFactor = 1.25
	// slowPods, slowBins and slowProgram: a program takes many rounds that has as many pods and as many classes times
	// bins, however few bins. Others are soon solved, and then found no better columns for dives.
	slowPods, slowBins, slowProgram = 1000, 50, 5000
)

// A Generator solves the program for demands that shrink while a solution is
// made. It keeps its pool of columns.
type Generator struct {
	Pool
	// Lenient: a pod may be left uncovered for little where the cheapest nodes that hold it
	// are limited by caps. To be set before the first solve.
	Lenient  bool
	Boxed    bool // duals of pods are kept near the centre, see box
	Pivots   int
	Pricings int // bins that were looked at for columns

	m          *model.Model
	bins       []int
	adapts     bool         // the program takes many rounds, and what duals are worth on the way decides how many
	own        []lp.Entry   // per bin of the model, the row of a cap that counts its launches alone; Value 0: none; nil where it does not adapt
	takes      [][]lp.Entry // per bin of the model, what a launch takes of caps, and gives to floors
	meter      *work.Meter
	filler     *knapsack.Filler
	rng        *rand.Rand
	master     *lp.Master // nil: not made yet
	firstSides []int64    // the sides of the first solve
	used       []int      // columns of the last solution
	basis      []int      // of the last solve for these; nil: there was none
	joined     int        // columns of the pool in the master
	turn       int        // of bins, where a round looks at some: the first
	side       []float64  // per class, the cost to leave a pod uncovered
}

// New returns a generator without columns.
func New(m *model.Model, bins []int, meter *work.Meter) *Generator {
	g := &Generator{m: m, bins: bins, takes: takesOf(m), meter: meter, filler: knapsack.NewFiller(m, meter), rng: rand.New(rand.NewPCG(3, 4))}
	if n := len(m.Classes); m.Pods() >= slowPods && n*max(len(bins), slowBins) >= slowProgram {
		g.adapts, g.own = true, ownOf(m)
	}
	return g
}

// Deepen has knapsacks searched deeply also where pods have rules about the pods of a node.
func (g *Generator) Deepen() { g.filler.Deep = true }

// A Relaxed is a solution of the program.
type Relaxed struct {
	Cost   float64   // with what it costs to leave pods uncovered
	Duals  []float64 // per class
	Rents  []float64 // per cap, what one unit of it is worth
	Center []float64 // the same, of those met on the way that prove most, about
	Values []float64 // per column of the pool; 0: not used or not allowed
}

// An Effort bounds one solve.
type Effort struct {
	Rounds int   // most rounds of column generation
	Ticks  int64 // most ticks, about
	Level  int   // most effort of the knapsacks, from 0 to Thorough
	Some   bool  // a round looks at bins, by turns, until enough of them pay
}

// Solve solves the program for the demand and the free caps, as far as the
// effort goes or until the meter is done. center are values of the classes to
// begin the search from.
func (g *Generator) Solve(demand, free []int64, center []float64, effort Effort) Relaxed {
	master := g.masterFor(demand, free)
	sides := g.sides(demand, free)
	if center != nil && !g.adapts {
		center = append(slices.Clone(center), make([]float64, len(sides)-len(center))...)
	}
	s := newSmoother(center, effort.Level, g.adapts)
	var around *box
	if g.Boxed && center != nil && effort.Rounds == MaxRounds {
		around = newBox(master, g.side)
	}
	end := g.meter.Spent() + effort.Ticks
	for round := 0; ; round++ {
		around.put(s.center)
		solved := g.solve(master)
		if !solved || round >= effort.Rounds || g.meter.Spent() >= end || g.meter.Done() {
			break
		}
		first := len(g.Columns)
		sep := s.mix(master.Duals())
		l := g.newColumns(master.Duals(), sep, s.center, sides, s.effort(), effort.Some)
		if more := s.next(sep, l); !around.loosen(l.added) && !more {
			break
		}
		for j := first; j < len(g.Columns); j++ {
			g.join(j)
		}
	}
	if around.remove() {
		g.solve(master)
	}
	r := Relaxed{Cost: master.Cost(), Duals: slices.Clone(master.Duals()[:len(demand)]), Center: s.center[:min(len(s.center), len(demand))], Values: make([]float64, len(g.Columns))}
	copy(r.Values, master.Values())
	for _, dual := range master.Duals()[len(demand) : len(demand)+len(free)] {
		r.Rents = append(r.Rents, max(0, -dual))
	}
	g.used = g.used[:0]
	for j, x := range r.Values {
		if x > 0 {
			g.used = append(g.used, j)
		}
	}
	if slices.Equal(sides, g.firstSides) {
		g.basis = master.Basis()
	}
	return r
}

// solve solves the master, and counts its work.
func (g *Generator) solve(master *lp.Master) bool {
	before, rows := master.Pivots, len(g.side)+len(g.m.Caps)+len(g.m.Floors)
	solved := master.Solve(maxPivots)
	g.Pivots += master.Pivots - before
	g.meter.Spend(int(float64(master.Pivots-before) * float64(rows*rows) * pivotTicks))
	return solved
}

// masterFor returns the master for the demand and the free caps, with all
// columns. Those that the demand has not all the pods of are banned.
func (g *Generator) masterFor(demand, free []int64) *lp.Master {
	if g.master == nil {
		g.master = lp.New(g.rows(demand, free))
		g.master.Ended = func() bool { return g.meter.Context().Err() != nil }
		g.firstSides = g.sides(demand, free)
	}
	for _, j := range g.used {
		if t := trimmed(&g.Columns[j], demand); len(t.Counts) > 0 {
			g.add(t)
		}
	}
	for j := g.joined; j < len(g.Columns); j++ {
		g.join(j)
	}
	sides := g.sides(demand, free)
	b := make([]float64, len(sides))
	for i, n := range sides {
		b[i] = float64(n)
	}
	if g.basis != nil && slices.Equal(sides, g.firstSides) {
		g.master.SetBasis(g.basis)
	}
	for j := range g.Columns {
		g.master.Ban(j, !allowed(&g.Columns[j], demand))
	}
	before := g.master.Pivots
	g.master.SetDemand(b, maxPivots)
	g.Pivots += g.master.Pivots - before
	rows := len(b)
	g.meter.Spend(int(float64(g.master.Pivots-before) * float64(rows*rows) * pivotTicks))
	return g.master
}

// sides returns the right-hand sides of the rows. What is not free of a cap any more
// counts for its floors.
func (g *Generator) sides(demand, free []int64) []int64 {
	sides := slices.Concat(demand, free)
	for _, f := range g.m.Floors {
		sides = append(sides, max(0, f.Amount-(g.m.Caps[f.Cap]-free[f.Cap])))
	}
	return sides
}

// join adds column j of the pool to the master.
func (g *Generator) join(j int) {
	g.joined = j + 1
	g.master.Add(float64(g.m.Bins[g.Columns[j].Bin].Price), g.entries(&g.Columns[j]))
}

// rows returns a row per class, whose pods may be left uncovered at a price, and a row per
// cap.
func (g *Generator) rows(demand, free []int64) []lp.Row {
	var rows []lp.Row
	for c, n := range demand {
		cheapest, sure := g.alone(c)
		side := float64(2 * cheapest)
		if !g.Lenient {
			side = max(side, float64(sureFactor*float64(sure)))
		}
		g.side = append(g.side, side+1)
		rows = append(rows, lp.Row{B: float64(n), Side: g.side[c]})
	}
	for _, n := range free {
		rows = append(rows, lp.Row{B: float64(n), AtMost: true})
	}
	for _, f := range g.m.Floors {
		rows = append(rows, lp.Row{B: float64(f.Amount), Side: g.floorSide()})
	}
	return rows
}

// alone returns the price of the cheapest node that holds a pod of a class, and of the
// cheapest that no cap limits; where there is none, the dearest of those that are the
// cheapest of all that the same caps limit: what is cheaper may be used up. Existing nodes
// do not count: they are free, but their room is limited.
func (g *Generator) alone(c int) (cheapest, sure int64) {
	by, dearest := map[string]int64{}, int64(0)
	var caps []byte
	for _, b := range g.bins {
		bin := &g.m.Bins[b]
		dearest = max(dearest, bin.Price)
		if bin.Price == 0 || g.m.MostOf(c, b) == 0 {
			continue
		}
		caps = caps[:0]
		for _, u := range bin.Uses {
			caps = binary.AppendUvarint(caps, uint64(u.Cap))
		}
		if p, known := by[string(caps)]; !known || bin.Price < p {
			by[string(caps)] = bin.Price
		}
	}
	prices := slices.Collect(maps.Values(by))
	if len(prices) == 0 {
		return dearest, dearest
	}
	sure, known := by[""]
	if !known {
		sure = slices.Max(prices)
	}
	return slices.Min(prices), sure
}

// floorSide returns what it costs to miss a floor by one: more than to launch for it.
func (g *Generator) floorSide() float64 {
	dearest := int64(0)
	for _, b := range g.bins {
		dearest = max(dearest, g.m.Bins[b].Price)
	}
	return float64(2*dearest + 1)
}

func (g *Generator) entries(j *model.Column) []lp.Entry {
	var entries []lp.Entry
	for _, n := range j.Counts {
		entries = append(entries, lp.Entry{Row: n.Class, Value: float64(n.N)})
	}
	return append(entries, g.takes[j.Bin]...)
}

// takesOf returns what a launch of each bin takes of the rows of caps and floors.
func takesOf(m *model.Model) [][]lp.Entry {
	takes := make([][]lp.Entry, len(m.Bins))
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			takes[b] = append(takes[b], lp.Entry{Row: len(m.Classes) + u.Cap, Value: float64(u.Amount)})
			for i, f := range m.Floors {
				if f.Cap == u.Cap {
					takes[b] = append(takes[b], lp.Entry{Row: len(m.Classes) + len(m.Caps) + i, Value: float64(u.Amount)})
				}
			}
		}
	}
	return takes
}

// ownOf returns of each bin a cap that no other bin takes of.
func ownOf(m *model.Model) []lp.Entry {
	users, own := make([]int, len(m.Caps)), make([]lp.Entry, len(m.Bins))
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			users[u.Cap]++
		}
	}
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			if users[u.Cap] == 1 {
				own[b] = lp.Entry{Row: len(m.Classes) + u.Cap, Value: float64(u.Amount)}
			}
		}
	}
	return own
}
