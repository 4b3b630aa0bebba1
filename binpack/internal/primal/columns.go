package primal

import (
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// tiedDivisor: where topology rules couple nodes, column generation gets 1/tiedDivisor
	// of the work. There the neighbourhood search can move pods between cells.
	tiedDivisor = 2
	// solveDivisor: the program gets 1/solveDivisor of that, dives the rest.
	solveDivisor = 3
	// largePods and largeProgram: a problem with pools by weight is large that has as many
	// pods, and a program of as many classes times bins: its work is not enough to solve
	// the program and to dive step by step. Without weights a solution is completed in far
	// less work.
	largePods, largeProgram = 1_000, 3_500
	// cutDivisor: without rules a first dive takes 1/cutDivisor of its work where a large program was cut short. Neighbourhoods of
	// its solution give more.
	cutDivisor = 4
	// spareDivisor: a first dive gave up where more than 1/spareDivisor of its work is left.
	spareDivisor = 4
	// laterTicks bounds the dives after the first.
	laterTicks = 12_000_000
)

// columns is the program over columns.
type columns struct {
	generator *colgen.Generator // nil: no columns were generated yet
	relaxed   *colgen.Relaxed   // the last solution of the program; nil: none
	duals     []float64         // per class, of the first solution; nil: not known
	solved    int               // how often the program was solved
	dived     bool              // a dive was made
	cut       bool              // the program's last solution was cut short
	whole     wholes
	others    others
}

// columnTicks returns the work that columns may take.
func (p *Primal) columnTicks() int64 {
	ticks := p.meter.Left(work.Default)
	if ruled(p.unsplit) {
		ticks /= tiedDivisor
	}
	return ticks
}

// ruled reports whether topology rules, or an order of pools, couple nodes.
func ruled(m *model.Model) bool { return len(m.Rules) > 0 || m.Ranks > 1 }

// large reports whether the space is that of a large problem.
func (p *space) large() bool {
	return p.model.Ranks > 1 && p.model.Pods() >= largePods && p.wide()
}

// wide reports whether its program is large.
func (p *space) wide() bool { return len(p.model.Classes)*len(p.bins) >= largeProgram }

// quick reports whether dives are quick, and boxed whether duals are kept near those that
// are known before.
func (p *space) quick() bool { return p.large() && p.without.Uses(technique.QuickDives) }
func (p *space) boxed() bool { return p.large() && p.without.Uses(technique.BoxedDuals) }

// generate solves the program over columns, starting from the columns at hand. Where pools
// have a precedence, every other program includes what it costs.
func (p *Primal) generate() {
	c, m := &p.columns, p.space.model
	c.relaxed = nil
	if n := len(m.Classes); n < 2 || n > colgen.MaxClasses || !p.without.Uses(technique.ColumnGeneration) {
		return
	}
	first := c.generator == nil
	switch {
	case first:
		c.generator = colgen.New(m, p.space.bins, p.meter)
		c.generator.Lenient = m.Ranks > 1 && !p.space.quick()
		c.generator.Boxed = p.space.boxed()
	case m.Ranks > 1:
		before := c.generator
		if c.solved%2 == 1 && p.without.Uses(technique.PoolFloors) {
			m = p.space.inTurn(p.incumbent)
		}
		c.generator = colgen.New(m, p.space.bins, p.meter)
		c.generator.Pool, c.generator.Boxed = before.Pool, before.Boxed
		c.generator.Pivots, c.generator.Pricings = before.Pivots, before.Pricings
	}
	c.solved++
	c.generator.Add(p.incumbent)
	start := p.space.split.Values(p.worth.Duals)
	if !p.without.Uses(technique.Smoothing) {
		start = nil
	}
	effort := colgen.Effort{Rounds: colgen.MaxRounds, Ticks: p.columnTicks() / solveDivisor, Level: colgen.Thorough}
	if first {
		effort.Level = colgen.Quick
	}
	begun := p.meter.Spent()
	x := c.generator.Solve(model.Solution{}.Left(p.space.model), model.Solution{}.Free(p.space.model), start, effort)
	c.relaxed, c.cut = &x, p.meter.Spent()-begun >= effort.Ticks
	if first {
		c.duals = x.Duals
	}
}

// dive makes a solution of the generated columns, and begins the search
// anew from the incumbent.
func (p *Primal) dive() {
	d := dives{p}
	if p.columns.dived {
		d.dive(min(d.ticks(), laterTicks), p.rng)
	} else {
		d.first()
	}
	if !p.meter.Interrupted() {
		p.searchAnew()
	}
}

// around looks for a better solution with most nodes of the incumbent, for about ticks
// ticks at most, and reports whether it found one.
func (p *Primal) around(ticks int64) bool {
	if p.columns.relaxed == nil || !p.without.Uses(technique.ColumnNeighbours) {
		return false
	}
	s := dives{p}.diver().Around(p.incumbent, p.columns.relaxed.Duals, ticks, p.rng)
	if s == nil || !p.keep(s) {
		return false
	}
	p.searchAnew()
	return true
}
