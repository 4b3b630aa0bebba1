package settling

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxPods bounds the pods of small models.
	maxPods = 200
	// maxRows and maxColumns bound the programs.
	maxRows, maxColumns = 200, 900
	// lists bounds the lists of columns that are begun, each with half the reduced cost of the one before.
	lists = 3
	// patience is how many plunges into columns of the relaxation alone may find nothing before
	// others are listed.
	patience = 150
	// relaxationDivisor: the linear program may take 1/relaxationDivisor of the work.
	relaxationDivisor = 3
	// closer: columns are chosen anew when the gap is less than this part of what it was.
	closer = 0.8
)

// A Search looks for better solutions of a small model with rules over domains.
type Search struct {
	x         *relaxation
	unit      int64 // every price is a multiple
	cost      int64 // of the incumbent
	best      model.Solution
	branching branching

	columns []model.Column // that count
	all     bool           // these are all whose reduced cost is less than the gap
	gap     float64        // when they were chosen
	listed  bool           // beyond those of the relaxation
	done    bool
}

// New returns a search for solutions of an unsplit model; nil: it is too large for that, has
// rules that cannot be stated, or no choice of one among few: to spread pods costs little, whichever
// of them are where.
func New(m *model.Model, meter *work.Meter) *Search {
	pods := int64(0)
	for c := range m.Classes {
		if pods += m.Classes[c].Count; m.Classes[c].Level > 0 {
			return nil
		}
	}
	if pods > maxPods || m.Ranks > 1 || m.Gangs > 0 || len(m.Lost) > 1 {
		return nil
	}
	p := programOf(m)
	if p == nil || len(p.choices) == 0 || p.count() > maxRows {
		return nil
	}
	divided := p.divided()
	s := &Search{x: &relaxation{p: p, m: divided, bins: divided.Prune(), meter: meter}}
	for _, b := range s.x.bins {
		s.unit = arith.GCD(s.unit, m.Bins[b].Price)
	}
	return s
}

// Done reports whether nothing is left to look at.
func (s *Search) Done() bool { return s.done }

// Improve looks for a solution of the unsplit model that leaves no more pods than the incumbent
// and costs less, in about ticks ticks; nil: it found none. It goes on where it was.
func (s *Search) Improve(incumbent model.Solution, ticks int64) model.Solution {
	m, end := s.x.p.m, s.x.meter.Spent()+ticks
	cost, left := incumbent.Cost(m), int64(0)
	for _, n := range incumbent.Left(m) {
		left += n
	}
	s.best = nil
	if s.cost = min(s.cost, cost); s.x.duals == nil || left != s.x.left {
		s.cost, s.x.left, s.x.side = cost, left, float64(cost+1)
		s.x.start(incumbent)
		if !s.x.solve(ticks / relaxationDivisor) {
			s.done = true
			return nil
		}
		s.begin()
	}
	for s.best == nil && s.x.meter.Spent() < end && !s.x.meter.Done() {
		switch {
		case len(s.branching.open) > 0 && (s.listed || s.branching.vain < patience):
			s.branching.plunge(s)
		case !s.listed:
			s.listed = true
			s.begin()
		case !s.all && s.gap > 0 && float64(s.cost)-s.x.cost < closer*s.gap:
			s.begin()
		default:
			s.done = true
			return nil
		}
	}
	return s.best
}

// Values returns what the linear program says that pods are worth, for each of n parts of the
// classes; nil: it was not solved. part tells in which part the pods of a class are on a bin.
func (s *Search) Values(n int, part func(class, bin int) int) []float64 {
	if s.x.duals == nil {
		return nil
	}
	out := make([]float64, n)
	for i, p := range s.x.p.parts {
		out[part(p.class, p.bins[0])] = max(0, s.x.duals[i])
	}
	return out
}

// begin begins the branch and bound.
func (s *Search) begin() {
	s.choose()
	s.branching = newBranching(s.x, s.columns)
	s.branching.enough = s.enough()
	if s.branching.solve() {
		s.branching.root.Set(&s.branching.program)
		heap.Push(&s.branching.open, &box{low: s.branching.low, high: s.branching.high})
	}
}

// choose chooses the columns: all whose reduced cost is less than the gap, or where these are too many,
// than a part of it, and those of the relaxation.
func (s *Search) choose() {
	s.gap, s.all, s.columns = float64(s.cost)-s.x.cost, false, nil
	if s.listed && len(s.x.m.Caps) == 0 {
		s.columns, s.all = within(s.x.m, s.x.bins, s.x.duals[:len(s.x.m.Classes)], s.gap, lists, s.x.meter)
	}
	if !s.all {
		for _, j := range s.x.columns {
			if s.x.reduced(&j) < s.gap {
				s.columns = append(s.columns, j)
			}
		}
	}
	if len(s.columns) > maxColumns {
		slices.SortStableFunc(s.columns, func(a, b model.Column) int { return cmp.Compare(s.x.reduced(&a), s.x.reduced(&b)) })
		s.columns, s.all = s.columns[:maxColumns], false
	}
}

// enough returns what a solution costs at most that counts.
func (s *Search) enough() float64 { return float64(s.cost) - float64(s.unit)*(1-wholeTol) }

// take keeps a solution of whole numbers, if it is better, and no rounding error broke a rule.
func (s *Search) take(x []float64) {
	out := s.branching.solution(x)
	pods := int64(0)
	for _, n := range out.Left(s.x.p.m) {
		pods += n
	}
	rule, _ := out.Broken(s.x.p.m)
	if cost := out.Cost(s.x.p.m); pods <= s.x.left && cost < s.cost && rule < 0 && out.Check(s.x.p.m) == nil {
		s.cost, s.best = cost, out
		s.branching.enough, s.branching.vain = s.enough(), 0
	}
}
