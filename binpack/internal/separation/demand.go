package separation

import (
	"github.com/stowage/stowage/binpack/internal/lp"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/spread"
)

// A Demand is which pods must find room: all pods of a class, but for those that are a choice
// among domains, and those that may be left.
type Demand struct {
	Groups []Group
	Apart  [][2]int // classes of groups that are not both there
	Left   []int64  // pods of each level that may be left; missing: none
}

// A Group is classes that are the pods of one class of another model, each in one domain.
type Group struct {
	Classes []int // per domain
	Spread  spread.Spread
}

// limits returns the most pods that each class may have, and in which group it is; below 0: in none.
func (d *Demand) limits(m *model.Model) (most []int64, group []int) {
	for c := range m.Classes {
		most, group = append(most, m.Classes[c].Count), append(group, -1)
	}
	for g := range d.Groups {
		of := d.Groups[g].Spread.Most()
		for i, c := range d.Groups[g].Classes {
			most[c], group[c] = of[i], g
		}
	}
	return most, group
}

// state adds the rows of a demand to those of the classes, and the variables that they are about.
func (p *program) state(m *model.Model, d *Demand) {
	for i := range d.Groups {
		p.asked = append(p.asked, p.row(lp.Row{B: float64(d.Groups[i].Spread.Count), Side: p.worst}))
	}
	in := make([][]lp.Entry, len(m.Classes)) // of the variable that counts the pods of a class in its domain
	for c, g := range p.group {
		if g >= 0 {
			in[c] = []lp.Entry{{Row: c, Value: -1}, {Row: p.asked[g], Value: 1}}
		}
	}
	for i := range d.Groups {
		p.spread(&d.Groups[i], in)
	}
	for _, pair := range d.Apart {
		a, b := pair[0], pair[1]
		if p.most[a] == 0 || p.most[b] == 0 {
			continue
		}
		row := p.row(lp.Row{B: 1, AtMost: true})
		in[a] = append(in[a], lp.Entry{Row: row, Value: 1 / float64(p.most[a])})
		in[b] = append(in[b], lp.Entry{Row: row, Value: 1 / float64(p.most[b])})
	}
	for c, entries := range in {
		if entries != nil && p.most[c] > 0 {
			p.choices = append(p.choices, entries)
		}
	}
	p.leave(m, d)
}

// spread states in rows how the pods of a group spread over domains.
func (p *program) spread(g *Group, in [][]lp.Entry) {
	s := &g.Spread
	var fewest []lp.Entry
	for d, c := range g.Classes {
		most, times := float64(s.Skew-s.Before[d]), 1.0
		if s.Sparse {
			in[c] = append(in[c], lp.Entry{Row: p.row(lp.Row{B: max(0, min(most, float64(s.Count))), AtMost: true}), Value: 1})
			continue
		}
		least := p.row(lp.Row{B: float64(s.Before[d]), AtMost: true}) // the fewest are no more than these
		in[c], fewest = append(in[c], lp.Entry{Row: least, Value: -1}), append(fewest, lp.Entry{Row: least, Value: 1})
		row := lp.Row{B: most, AtMost: true}
		if most < 0 {
			row, times = lp.Row{B: -most, Side: p.worst}, -1
		}
		at := p.row(row)
		in[c], fewest = append(in[c], lp.Entry{Row: at, Value: times}), append(fewest, lp.Entry{Row: at, Value: -times})
	}
	if fewest != nil {
		p.choices = append(p.choices, fewest)
	}
}

// leave states which pods may be left.
func (p *program) leave(m *model.Model, d *Demand) {
	for level, n := range d.Left {
		if n == 0 {
			continue
		}
		row := p.row(lp.Row{B: float64(n), AtMost: true})
		for c := range m.Classes {
			if m.Classes[c].Level == level && p.group[c] < 0 {
				p.choices = append(p.choices, []lp.Entry{{Row: c, Value: 1}, {Row: row, Value: 1}})
			}
		}
		for g := range d.Groups {
			if m.Classes[d.Groups[g].Classes[0]].Level == level {
				p.choices = append(p.choices, []lp.Entry{{Row: p.asked[g], Value: 1}, {Row: row, Value: 1}})
			}
		}
	}
}

// row adds a row and returns its number.
func (p *program) row(r lp.Row) int {
	p.rows = append(p.rows, r)
	return len(p.rows) - 1
}
