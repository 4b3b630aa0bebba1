package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Trader moves bundles from cell to cell while a search looks for a solution in
// which they pack better. At every step all rules hold.
type Trader struct {
	split    *Split
	st       *state
	rules    [][]int // per class of the split
	siblings [][]int // per class: the same bundles in other cells
	counts   []int64 // per class
}

// Trader returns a trader of the split, or nil where no bundle could be elsewhere.
func (s *Split) Trader() *Trader {
	t := &Trader{split: s, st: newState(s.unsplit), siblings: make([][]int, len(s.bundles))}
	found := false
	for i := range s.bundles {
		p := &s.bundles[i]
		rules := t.st.rulesOf(&p.bundle)
		t.rules = append(t.rules, rules)
		t.counts = append(t.counts, s.Model.Classes[i].Count)
		t.st.add(&p.bundle, rules, p.cell, s.Model.Classes[i].Count)
		if !t.movable(rules) {
			continue
		}
		for k := range s.bundles {
			if k != i && p.bundle.same(&s.bundles[k].bundle) {
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

// movable reports whether bundles with these rules can be moved one by one: not
// those of pods that others need as partners.
func (t *Trader) movable(rules []int) bool {
	return !slices.ContainsFunc(rules, func(r int) bool { return t.st.m.Rules[r].Kind == model.Together })
}

func (u *bundle) same(o *bundle) bool {
	return slices.Equal(u.counts, o.counts) && slices.Equal(u.bins, o.bins)
}

// Siblings returns the classes that bundles of a class could become.
func (t *Trader) Siblings(class int) []int { return t.siblings[class] }

// Shift makes one bundle of a class one of a sibling, if the rules allow it, and
// reports whether they do.
func (t *Trader) Shift(from, to int) bool {
	if t.counts[from] == 0 {
		return false
	}
	t.move(from, to)
	if t.st.rulesMet(t.rules[from]) {
		return true
	}
	t.move(to, from)
	return false
}

// Undo takes back what Shift did.
func (t *Trader) Undo(from, to int) { t.move(to, from) }

func (t *Trader) move(from, to int) {
	u, rules := &t.split.bundles[from].bundle, t.rules[from]
	t.st.add(u, rules, t.split.bundles[from].cell, -1)
	t.st.add(u, rules, t.split.bundles[to].cell, 1)
	t.counts[from]--
	t.counts[to]++
}

// Split returns the split with the bundles where they are now.
func (t *Trader) Split() *Split {
	s := *t.split
	m := *t.split.Model
	m.Classes = slices.Clone(m.Classes)
	s.bundles = slices.Clone(s.bundles)
	for i, n := range t.counts {
		m.Classes[i].Count, s.bundles[i].n = n, n
	}
	s.Model = &m
	return &s
}
