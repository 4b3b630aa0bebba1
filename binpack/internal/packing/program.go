package packing

import (
	"context"

	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// costTol: what weighs less has room.
	costTol = 1e-7
	// maxPivots bounds one solve, and maxRounds the solves of a leaf.
	maxPivots, maxRounds = 2_000, 200
	// A pivot counts as one tick for each pivotElements of the inverse, a column of each row as one for each
	// columnElements.
	pivotElements, columnElements = 8, 16
)

// A program is the relaxation of a leaf.
type program struct {
	master *lp.Master
	kinds  int       // rows of the kinds, before those of the groups
	rooms  [][]int64 // of each group, what the fewest pods leave of a node
	all    []used    // columns
}

// relax solves the relaxation of a leaf, and reports whether it is refuted, and by which values of pods; nil: by none,
// as the fewest pods of a group overrun its node.
func (s *Search) relax(ctx context.Context, l *leaf, ticks *int) (refuted bool, by []int64) {
	p := s.program(l)
	if p == nil {
		return true, nil
	}
	p.master.Ended = func() bool { return ctx.Err() != nil }
	rows := len(s.Kinds) + len(l.groups)
	*ticks += len(p.all) * rows / columnElements
	for round := 0; round < maxRounds; round++ {
		pivots := p.master.Pivots
		solved := p.master.Solve(maxPivots)
		*ticks += (p.master.Pivots - pivots) * rows * rows / pivotElements
		if !solved || p.master.Cost() < costTol {
			break
		}
		more, by := s.improve(l, p, ticks)
		if by != nil {
			return true, by
		}
		if !more {
			break
		}
	}
	l.used = nil
	for i, x := range p.master.Values() {
		if x > wholeTol {
			p.all[i].times = x
			l.used = append(l.used, p.all[i])
		}
	}
	return false, nil
}

// program returns the program over the fillings known that are in the leaf; nil: some group has none.
func (s *Search) program(l *leaf) *program {
	p := &program{kinds: len(s.Kinds)}
	var rows []lp.Row
	for k, kind := range s.Kinds {
		rows = append(rows, lp.Row{B: float64(kind.Count), Side: s.weights[k]})
	}
	for i := range l.groups {
		g := &l.groups[i]
		room := s.room(g)
		if room == nil {
			return nil
		}
		rows, p.rooms = append(rows, lp.Row{B: float64(g.number), AtMost: true}), append(p.rooms, room)
	}
	p.master = lp.New(rows)
	for i := range l.groups {
		g := &l.groups[i]
		for _, counts := range s.fillings[g.node] {
			if g.has(counts) {
				p.add(i, counts)
			}
		}
	}
	return p
}

// add adds a filling of a group.
func (p *program) add(group int, counts []int64) {
	entries := []lp.Entry{{Row: p.kinds + group, Value: 1}}
	for k, n := range counts {
		if n > 0 {
			entries = append(entries, lp.Entry{Row: k, Value: float64(n)})
		}
	}
	p.master.Add(0, entries)
	p.all = append(p.all, used{group: group, counts: counts})
}
