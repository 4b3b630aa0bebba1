package primal

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A Primal holds the incumbent of a model and makes it better.
type Primal struct {
	unsplit *model.Model
	asked   *model.Model // the unsplit model, perhaps with fewer pods
	pruned  []int        // bins of the unsplit model that are worth launching
	worth   relax.Worth
	meter   *work.Meter
	without technique.Set

	space      *space
	incumbent  model.Solution // of the space
	unfinished bool           // the context ended before a first solution stood
	fault      error          // of the search itself: a solution that breaks a rule of the model

	turned        bool            // a turn was taken
	apart         []sectionSearch // of sections by themselves; nil: there are few
	columns       columns
	settler       settler
	neighbourhood neighbourhood
	cuts          []model.Cut // that the proof knows
	rng           *rand.Rand  // of the nodes that are solved for anew
}

// New makes a first solution of the model.
func New(m *model.Model, meter *work.Meter, without technique.Set) *Primal {
	p := begin(m, m.Prune(), meter, without)
	if p.unfinished = p.space == nil || meter.Context().Err() != nil; p.unfinished {
		return p
	}
	if len(p.space.model.Classes) > 0 {
		p.incumbent = p.feasible(p.space.first()).Normal()
		askForFewer(p)
		p.fault = p.incumbent.Check(p.space.model)
	}
	return p
}

// begin returns a Primal without an incumbent. pruned are the bins that are worth launching.
func begin(m *model.Model, pruned []int, meter *work.Meter, without technique.Set) *Primal {
	p := &Primal{unsplit: m, asked: m, pruned: pruned, meter: meter, without: without, rng: rand.New(rand.NewPCG(7, 8))}
	p.worth = relax.WorthOf(meter.Context(), m, pruned)
	p.assign(nil)
	return p
}

// assign assigns the pods that are asked for to cells, with what is known of their room. It
// returns false where the context has ended: then nothing has changed.
func (p *Primal) assign(known cells.Most) bool {
	split := cells.Within(p.meter.Context(), p.asked, known)
	if split != nil {
		p.divide(split)
	}
	return split != nil
}

// divide makes the split what is solved.
func (p *Primal) divide(split *cells.Split) {
	p.space = newSpace(split, p.asked, p.pruned, &p.worth, p.meter, p.without)
	p.columns = columns{}
}

// maxSplits bounds how often cells are chosen anew for pods that found no room.
const maxSplits = 4

// feasible returns a solution in which all rules hold. Where s leaves pods in some
// cell the cells are chosen anew, with what is known of their room; what then is
// still left is no longer asked for.
func (p *Primal) feasible(s model.Solution) model.Solution {
	var known cells.Most
	for range maxSplits {
		if p.meter.Interrupted() {
			break
		}
		most, learnt := p.space.split.Learn(s, known)
		if learnt && known == nil && p.asked == p.unsplit {
			s = dives{p}.insteadOf(s)
			most, learnt = p.space.split.Learn(s, known)
		}
		if !learnt {
			break
		}
		known = most
		if !p.assign(known) {
			break
		}
		s = p.space.first()
	}
	s = p.space.split.Repair(p.space.inOrder(s))
	for s.OutOfOrder(p.space.model) { // what was taken off may have used up a limit
		s = slices.DeleteFunc(slices.Clone(s), p.space.model.OutOfOrder(s.Free(p.space.model)))
		s = p.space.split.Repair(s)
	}
	if !p.meter.Interrupted() && p.space.split.Trim(s) { // else nothing is searched for any more
		p.divide(p.space.split)
	}
	return s
}

// Unfinished reports whether the context ended before a first solution stood.
func (p *Primal) Unfinished() bool { return p.unfinished }

// Fault returns what is wrong with the search itself, or nil.
func (p *Primal) Fault() error { return p.fault }

// Cost returns what the incumbent costs.
func (p *Primal) Cost() int64 { return p.incumbent.Cost(p.space.model) }

// Empty reports whether the incumbent launches nothing.
func (p *Primal) Empty() bool { return len(p.incumbent) == 0 }

// Unsplit returns the incumbent as a solution of the unsplit model.
func (p *Primal) Unsplit() model.Solution { return p.space.split.Unsplit(p.incumbent) }

// A Mark is how good an incumbent is.
type Mark struct {
	left []int64 // pods, by level
	cost int64
}

// Mark returns how good the incumbent is, to be compared by BetterThan: the cells that it is
// a solution of may be others by then.
func (p *Primal) Mark() Mark {
	m := p.space.model
	return Mark{m.ByLevel(p.incumbent.Left(m)), p.incumbent.Cost(m)}
}

// BetterThan reports whether the incumbent is better than an earlier one.
func (p *Primal) BetterThan(mark Mark) bool {
	now := p.Mark()
	return cmp.Or(slices.Compare(now.left, mark.left), cmp.Compare(now.cost, mark.cost)) < 0
}

// Worth returns the values of the relaxation over resources, and Pruned the bins of
// the unsplit model that are worth launching.
func (p *Primal) Worth() *relax.Worth { return &p.worth }

// Pruned returns the bins of the unsplit model that are worth launching.
func (p *Primal) Pruned() []int { return p.pruned }

// keep makes s the incumbent where it is better, and reports whether it is.
func (p *Primal) keep(s model.Solution) bool {
	m := p.space.model
	s = p.space.split.Repair(s)
	if !s.Better(m, p.incumbent) {
		return false
	}
	if s = p.space.repaired(s).Normal(); s.OutOfOrder(m) || !s.Better(m, p.incumbent) {
		return false
	}
	if p.fault = s.Check(m); p.fault != nil {
		return false
	}
	p.incumbent = s
	return true
}

// Values returns what the program over columns says that pods are worth, for each of n parts
// of the classes of the unsplit model; nil: it was not solved. part tells in which part the
// pods of a class are on a bin.
func (p *Primal) Values(n int, part func(class, bin int) int) [][]float64 {
	if p.columns.duals == nil || !p.without.Uses(technique.ColumnDuals) {
		return nil
	}
	out := [][]float64{p.space.split.UnsplitValues(p.columns.duals, p.worth.Pods, n, part)}
	if x := p.columns.relaxed; x != nil && len(x.Center) > 0 {
		out = append(out, p.space.split.UnsplitValues(x.Center, p.worth.Pods, n, part))
	}
	if s := p.settler.search; s != nil {
		if values := s.Values(n, part); values != nil {
			out = append(out, values)
		}
	}
	return out
}

// Columns returns the columns that were generated, as those of the unsplit model, and
// whether any were looked for.
func (p *Primal) Columns() (columns []model.Column, known bool) {
	if p.columns.generator == nil {
		return nil, false
	}
	return slices.Clone(p.space.split.Unsplit(p.columns.generator.Columns)), true
}

// Counts are what the search did.
type Counts struct {
	Classes, Bins             int // of what is solved
	Columns, Pivots, Pricings int
}

// Counts returns what the search did.
func (p *Primal) Counts() Counts {
	n := Counts{Classes: len(p.space.model.Classes), Bins: len(p.space.model.Bins), Pivots: p.worth.Pivots}
	if g := p.columns.generator; g != nil {
		n.Columns, n.Pricings = len(g.Columns), g.Pricings
		n.Pivots += g.Pivots
	}
	return n
}
