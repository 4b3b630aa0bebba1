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
	bins    []int
	meter   *work.Meter
	filler  *knapsack.Filler
	rng     *rand.Rand
	columns []model.Column
}

// New returns a separator for launches of these bins.
func New(m *model.Model, bins []int, meter *work.Meter) *Separator {
	return &Separator{m: m, bins: bins, meter: meter, filler: knapsack.NewFiller(m, meter), rng: rand.New(rand.NewPCG(5, 6))}
}

// Values returns values of the classes by which the launches, a number for each bin, hold
// less than all pods are worth; nil: it found none in about ticks ticks. weight is about
// what a pod of each class is worth.
func (s *Separator) Values(launches []int64, weight []float64, ticks int64) []float64 {
	p := s.program(launches, weight)
	before := s.meter.Spent()
	end, least := before+ticks, int64(p.rows*rowTicks+len(s.columns)*columnTicks)
	defer func() { s.meter.Spend(int(max(0, before+least-s.meter.Spent()))) }()
	for level := 0; level < len(levels); {
		pivots := p.master.Pivots
		solved := p.master.Solve(maxPivots)
		s.meter.Spend(int(float64(p.master.Pivots-pivots) * float64(p.rows*p.rows) * pivotTicks))
		if !solved || p.master.Cost() < roomTol*total {
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
	master *lp.Master
	rows   int
	rowOf  map[int]int // bin → its row, where there are launches of it
	demand []int64
}

func (s *Separator) program(launches []int64, weight []float64) *program {
	sum, pods := 0.0, int64(0)
	for c, w := range weight {
		pods += s.m.Classes[c].Count
		sum += float64(w * float64(s.m.Classes[c].Count))
	}
	least := leastWeight * sum / float64(max(pods, 1))
	p := &program{rowOf: map[int]int{}, demand: model.Solution{}.Left(s.m)}
	var rows []lp.Row
	for c, n := range p.demand {
		rows = append(rows, lp.Row{B: float64(n), Side: float64(max(weight[c], least) * (total / max(sum, 1e-300)))})
	}
	for i, n := range launches {
		if n > 0 {
			p.rowOf[s.bins[i]] = len(rows)
			rows = append(rows, lp.Row{B: float64(n), AtMost: true})
		}
	}
	p.master, p.rows = lp.New(rows), len(rows)
	for _, j := range s.columns {
		p.add(&j)
	}
	return p
}

// add adds a column, if there are launches of its bin.
func (p *program) add(j *model.Column) {
	row, ok := p.rowOf[j.Bin]
	if !ok {
		return
	}
	entries := []lp.Entry{{Row: row, Value: 1}}
	for _, n := range j.Counts {
		entries = append(entries, lp.Entry{Row: n.Class, Value: float64(n.N)})
	}
	p.master.Add(0, entries)
}

// newColumns adds, for each bin, columns that are worth more than its launch costs, and
// reports whether there was one.
func (s *Separator) newColumns(p *program, effort knapsack.Effort) bool {
	pi := slices.Clone(p.master.Duals())
	value := make([]int64, len(s.m.Classes))
	for c := range value {
		value[c] = int64(float64(pi[c] * valueUnit))
	}
	s.filler.Begin(value, p.demand)
	found := false
	for _, b := range s.bins {
		row, ok := p.rowOf[b]
		if !ok {
			continue
		}
		cost := float64(-pi[row]*(1+payTol)) + payTol
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
