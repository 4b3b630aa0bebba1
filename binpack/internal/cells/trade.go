package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Trader moves units from cell to cell while a search looks for a solution in
// which they pack better. At every step all rules hold.
type Trader struct {
	split    *Split
	st       *state
	rules    [][]int // per class of the split
	siblings [][]int // per class: the same units in other cells
	counts   []int64 // per class
}

// Trader returns a trader of the split, or nil where no unit could be elsewhere.
func (s *Split) Trader() *Trader {
	t := &Trader{split: s, st: newState(s.whole), siblings: make([][]int, len(s.units))}
	found := false
	for i := range s.units {
		p := &s.units[i]
		rules := t.st.rulesOf(&p.unit)
		t.rules = append(t.rules, rules)
		t.counts = append(t.counts, s.Model.Classes[i].Count)
		t.st.add(&p.unit, rules, p.cell, s.Model.Classes[i].Count)
		if !t.movable(rules) {
			continue
		}
		for k := range s.units {
			if k != i && p.unit.same(&s.units[k].unit) {
				t.siblings[i] = append(t.siblings[i], k)
				found = true
			}
		}
	}
	if !found {
		return nil
	}
	return t
}

// movable reports whether units with these rules can be moved one by one: not
// those that keep others company.
func (t *Trader) movable(rules []int) bool {
	return !slices.ContainsFunc(rules, func(r int) bool { return t.st.m.Rules[r].Kind == model.Together })
}

func (u *unit) same(o *unit) bool {
	return slices.Equal(u.counts, o.counts) && slices.Equal(u.bins, o.bins)
}

// Siblings returns the classes that units of a class could become.
func (t *Trader) Siblings(class int) []int { return t.siblings[class] }

// Shift makes one unit of a class one of a sibling, if the rules allow it, and
// reports whether they do.
func (t *Trader) Shift(from, to int) bool {
	if t.counts[from] == 0 {
		return false
	}
	t.move(from, to)
	if t.st.holdAll(t.rules[from]) {
		return true
	}
	t.move(to, from)
	return false
}

// Undo takes back what Shift did.
func (t *Trader) Undo(from, to int) { t.move(to, from) }

func (t *Trader) move(from, to int) {
	u, rules := &t.split.units[from].unit, t.rules[from]
	t.st.add(u, rules, t.split.units[from].cell, -1)
	t.st.add(u, rules, t.split.units[to].cell, 1)
	t.counts[from]--
	t.counts[to]++
}

// Split returns the split with the units where they are now.
func (t *Trader) Split() *Split {
	s := *t.split
	m := *t.split.Model
	m.Classes = slices.Clone(m.Classes)
	s.units = slices.Clone(s.units)
	for i, n := range t.counts {
		m.Classes[i].Count, s.units[i].n = n, n
	}
	s.Model = &m
	return &s
}
