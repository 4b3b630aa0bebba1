package separation

import (
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/knapsack"
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// total is what all pods are worth together: the scale of the program.
	total = 1e6
	// valueUnit is what a dual of 1 counts as in whole values.
	valueUnit = 1 << 10
	// payTol: a column joins when it is worth more than (1+payTol) times what its
	// launch costs by the duals.
	payTol = 1e-6
	// roomTol: pods without room that are worth less, as a share of all, may be
	// rounding errors.
	roomTol = 1e-7
	// leastWeight is the least weight of a class, as a share of the average pod's.
	leastWeight = 1e-3
	// maxPivots bounds one solve of the program.
	maxPivots = 3000
	// pivotTicks is what a pivot counts as, in ticks per row squared.
	pivotTicks = 1.0 / 8
	// A question counts as this much for each row and column of its program, at least.
	rowTicks, columnTicks = 20, 10
)

// levels are the efforts of the knapsack for one bin: more where less finds nothing.
var levels = [...]knapsack.Effort{
	{Starts: 2, Exchanges: 20},
	{Starts: 6, Exchanges: 60},
	{Starts: 20, Exchanges: 200},
}

// A Separator keeps the columns that it has found from one question to the next.
type Separator struct {
	m       *model.Model
	demand  Demand
	bins    []int
	meter   *work.Meter
	filler  *knapsack.Filler
	rng     *rand.Rand
	columns []model.Column
}

// New returns a separator for launches of these bins that are to hold what is demanded.
func New(m *model.Model, bins []int, demand Demand, meter *work.Meter) *Separator {
	return &Separator{m: m, demand: demand, bins: bins, meter: meter, filler: knapsack.NewFiller(m, meter), rng: rand.New(rand.NewPCG(5, 6))}
}

// Seed adds columns that are known.
func (s *Separator) Seed(columns []model.Column) { s.columns = append(s.columns, columns...) }

// Values returns values of the classes by which the launches, a number for each bin, hold
// less than all pods are worth; nil: it found none in about ticks ticks. weight is about
// what a pod of each class is worth.
func (s *Separator) Values(launches []int64, weight []float64, ticks int64) []float64 {
	sum, pods := 0.0, int64(0)
	for c, w := range weight {
		pods += s.m.Classes[c].Count
		sum += float64(w * float64(s.m.Classes[c].Count))
	}
	least := leastWeight * sum / float64(max(pods, 1))
	sides := make([]float64, len(weight))
	for c, w := range weight {
		sides[c] = float64(max(w, least) * (total / max(sum, 1e-300)))
	}
	p := s.program(sides)
	for i, n := range launches {
		if n > 0 {
			row := p.row(lp.Row{B: float64(n), AtMost: true})
			p.launches[s.bins[i]] = launch{entries: []lp.Entry{{Row: row, Value: 1}}}
		}
	}
	return s.solve(p, ticks, roomTol*total)
}

// Worth returns what pods are worth where launches have their prices: the duals of the linear
// program over columns that places what is demanded for least, in about ticks ticks; nil: it was
// not solved. cost is about what all launches cost.
func (s *Separator) Worth(cost int64, ticks int64) []float64 {
	scale := total / float64(max(cost, 1))
	p := s.program(slices.Repeat([]float64{total}, len(s.m.Classes)))
	caps := make([]int, len(s.m.Caps))
	for i, n := range s.m.Caps {
		caps[i] = p.row(lp.Row{B: float64(n), AtMost: true})
	}
	for _, b := range s.bins {
		of := launch{price: float64(s.m.Bins[b].Price) * scale}
		for _, u := range s.m.Bins[b].Uses {
			of.entries = append(of.entries, lp.Entry{Row: caps[u.Cap], Value: float64(u.Amount)})
		}
		p.launches[b] = of
	}
	return s.solve(p, ticks, 0)
}

// solve solves a program by column generation, and returns the duals of the classes; nil: its
// cost is less than least, or it took too long.
func (s *Separator) solve(p *program, ticks int64, least float64) []float64 {
	p.master = lp.New(p.rows)
	p.master.Ended = func() bool { return s.meter.Context().Err() != nil }
	for _, entries := range p.choices {
		p.master.Add(0, entries)
	}
	for i := range s.columns {
		p.add(&s.columns[i])
	}
	before := s.meter.Spent()
	end, fewest := before+ticks, int64(len(p.rows)*rowTicks+len(s.columns)*columnTicks)
	defer func() { s.meter.Spend(int(max(0, before+fewest-s.meter.Spent()))) }()
	for level := 0; level < len(levels); {
		pivots := p.master.Pivots
		solved := p.master.Solve(maxPivots)
		s.meter.Spend(int(float64(p.master.Pivots-pivots) * float64(len(p.rows)*len(p.rows)) * pivotTicks))
		if !solved || p.master.Cost() < least {
			return nil
		}
		if s.meter.Spent() >= end || s.meter.Done() {
			break
		}
		if s.newColumns(p, levels[level]) {
			level = 0
		} else {
			level++
		}
	}
	return slices.Clone(p.master.Duals()[:len(s.m.Classes)])
}

// A program is one question.
type program struct {
	master   *lp.Master
	rows     []lp.Row       // of the classes first
	launches map[int]launch // bin → what one takes
	worst    float64        // what it costs to break a rule

	most    []int64 // pods that each class may have
	group   []int   // per class, its group; below 0: none
	asked   []int   // per group, the row of its pods
	choices [][]lp.Entry
}

// A launch is what a column of a bin costs and takes, whatever is on it.
type launch struct {
	price   float64
	entries []lp.Entry
}

// program returns the program without launches. It costs sides to leave a pod of each class out.
func (s *Separator) program(sides []float64) *program {
	p := &program{launches: map[int]launch{}, worst: slices.Max(sides)}
	p.most, p.group = s.demand.limits(s.m)
	for c, n := range p.most {
		if p.group[c] >= 0 {
			n = 0 // it is a choice
		}
		p.row(lp.Row{B: float64(n), Side: sides[c]})
	}
	p.state(s.m, &s.demand)
	return p
}

// add adds a column, if its bin may be launched.
func (p *program) add(j *model.Column) {
	of, ok := p.launches[j.Bin]
	if !ok {
		return
	}
	entries := slices.Clone(of.entries)
	for _, n := range j.Counts {
		entries = append(entries, lp.Entry{Row: n.Class, Value: float64(n.N)})
	}
	p.master.Add(of.price, entries)
}

// newColumns adds, for each bin, columns that are worth more than its launch costs, and
// reports whether there was one.
func (s *Separator) newColumns(p *program, effort knapsack.Effort) bool {
	pi := slices.Clone(p.master.Duals())
	value := make([]int64, len(s.m.Classes))
	for c := range value {
		value[c] = int64(float64(pi[c] * valueUnit))
	}
	s.filler.Begin(value, p.most)
	found := false
	for _, b := range s.bins {
		of, ok := p.launches[b]
		if !ok {
			continue
		}
		cost := of.price
		for _, e := range of.entries {
			cost -= float64(pi[e.Row] * e.Value)
		}
		cost = float64(cost*(1+payTol)) + payTol
		for _, n := range s.filler.Fill(b, float64(cost*valueUnit), effort, s.rng) {
			worth := 0.0
			for _, k := range n.Counts {
				worth += float64(pi[k.Class] * float64(k.N))
			}
			if worth > cost {
				j := model.Column{Bin: b, Counts: n.Counts}
				s.columns = append(s.columns, j)
				p.add(&j)
				found = true
			}
		}
	}
	return found
}
