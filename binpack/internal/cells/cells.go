package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Split is a model of units in cells, which no rule over domains binds any
// more. Its bins, caps and groups are those of the whole.
type Split struct {
	Model *model.Model // of the units
	whole *model.Model
	units []placed // per class of Model; nil: nothing is split
}

// placed is units in one cell.
type placed struct {
	unit unit
	cell *cell
	n    int64
}

// A unit is pods that are placed together: mostly one pod of one class.
type unit struct {
	counts []model.Count
	bins   []bool // that may hold it; nil: all that admit its pods
	n      int64  // of them
}

// New splits m. most says how many units of a class fit into the cell of a bin,
// as far as that is known: pods that a former split left.
func New(m *model.Model, most Most) *Split {
	if len(m.Rules) == 0 && len(most) == 0 {
		return &Split{Model: m, whole: m} // nothing is split
	}
	s := &Split{whole: m, units: []placed{}}
	for _, d := range dealAll(m, most) {
		for i, n := range d.in {
			if n > 0 {
				s.units = append(s.units, placed{d.unit, d.cells[i], n})
			}
		}
	}
	slices.SortStableFunc(s.units, func(a, b placed) int { return a.unit.counts[0].Class - b.unit.counts[0].Class })
	s.build()
	return s
}

// Splits reports whether units are in cells.
func (s *Split) Splits() bool { return s.units != nil }

// build makes the model of the units.
func (s *Split) build() {
	m := s.whole
	s.Model = m.Frame()
	s.Model.Bins = slices.Clone(m.Bins)
	for b := range s.Model.Bins {
		s.Model.Bins[b].Admits = make([]bool, len(s.units))
	}
	for i, p := range s.units {
		first := &m.Classes[p.unit.counts[0].Class]
		class := model.Class{Count: p.n, Level: first.Level, Gang: first.Gang, Requests: make([]int64, m.Resources)}
		for _, n := range p.unit.counts {
			part := &m.Classes[n.Class]
			class.Level = min(class.Level, part.Level)
			class.Pods += n.N
			for r, q := range part.Requests {
				class.Requests[r] += n.N * q
			}
			class.Owns = append(class.Owns, part.Owns...)
			class.Ahead = append(class.Ahead, part.Ahead...)
			class.Shares = append(class.Shares, part.Shares...)
			for range n.N {
				class.In = append(class.In, part.In...)
			}
		}
		slices.Sort(class.Owns)
		class.Owns = slices.Compact(class.Owns)
		slices.Sort(class.In)
		slices.Sort(class.Shares)
		class.Shares = slices.Compact(class.Shares)
		s.Model.Classes = append(s.Model.Classes, class)
		for _, b := range p.cell.bins {
			s.Model.Bins[b].Admits[i] = true
		}
	}
}

// Whole returns a solution of the split as one of the whole.
func (s *Split) Whole(sol model.Solution) model.Solution {
	if s.units == nil {
		return sol
	}
	out := make(model.Solution, len(sol))
	n := make([]int64, len(s.whole.Classes))
	for i, j := range sol {
		clear(n)
		for _, k := range j.Counts {
			for _, part := range s.units[k.Class].unit.counts {
				n[part.Class] += k.N * part.N
			}
		}
		out[i] = model.Column{Bin: j.Bin, Times: j.Times}
		for c, k := range n {
			if k > 0 {
				out[i].Counts = append(out[i].Counts, model.Count{Class: c, N: k})
			}
		}
	}
	return out
}

// Values returns values of the pods of each class as values of units.
func (s *Split) Values(whole []float64) []float64 {
	if s.units == nil {
		return whole
	}
	out := make([]float64, len(s.units))
	for i, p := range s.units {
		for _, n := range p.unit.counts {
			out[i] += float64(whole[n.Class] * float64(n.N))
		}
	}
	return out
}

// WholeValues returns values of units as values of the pods of each class, on
// average over its units; share says in which proportion the pods of a unit are
// worth it.
func (s *Split) WholeValues(values, share []float64) []float64 {
	if s.units == nil {
		return values
	}
	out := make([]float64, len(s.whole.Classes))
	for i, p := range s.units {
		sum := 0.0
		for _, n := range p.unit.counts {
			sum += float64(share[n.Class] * float64(n.N))
		}
		for _, n := range p.unit.counts {
			if sum > 0 {
				worth := values[i] * share[n.Class] / sum // of one pod
				out[n.Class] += float64(worth*float64(p.n*n.N)) / float64(s.whole.Classes[n.Class].Count)
			}
		}
	}
	return out
}
