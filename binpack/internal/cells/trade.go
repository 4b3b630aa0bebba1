package cells

import (
	"encoding/binary"
	"slices"
)

// A Trader moves bundles from cell to cell while a search looks for a solution in
// which they pack better. At every step all rules hold.
type Trader struct {
	split    *Split
	st       *state
	rules    [][]int // per class of the split
	groups   [][]int // per class: the cells of the same bundles, its own among them; nil: they stay
	siblings [][]int // per class: groups without itself, once it was asked for
	counts   []int64 // per class
}

// Trader returns a trader of the split, or nil where no bundle could be elsewhere.
func (s *Split) Trader() *Trader {
	t := &Trader{split: s, st: newState(s.unsplit), groups: make([][]int, len(s.bundles)), siblings: make([][]int, len(s.bundles))}
	same := map[string][][]int{} // by the bundles' pods
	var key []byte
	for i := range s.bundles {
		p := &s.bundles[i]
		rules := t.st.rulesOf(&p.bundle)
		t.rules = append(t.rules, rules)
		t.counts = append(t.counts, s.Model.Classes[i].Count)
		t.st.add(&p.bundle, rules, p.cell, s.Model.Classes[i].Count)
		if !movable(t.st.m, rules) {
			continue
		}
		key = key[:0]
		for _, n := range p.bundle.counts {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(n.Class)), n.N)
		}
		groups := same[string(key)]
		at := slices.IndexFunc(groups, func(g []int) bool { return s.bundles[g[0]].bundle.same(&p.bundle) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
		same[string(key)] = groups
	}
	found := false
	for _, groups := range same {
		for _, g := range groups {
			for _, i := range g {
				t.groups[i] = g
			}
			found = found || len(g) > 1
		}
	}
	if !found {
		return nil
	}
	return t
}

func (u *bundle) same(o *bundle) bool {
	return slices.Equal(u.counts, o.counts) && slices.Equal(u.bins, o.bins)
}

// Siblings returns the classes that bundles of a class could become.
func (t *Trader) Siblings(class int) []int {
	if len(t.siblings[class]) == 0 && len(t.groups[class]) > 1 {
		t.siblings[class] = slices.DeleteFunc(slices.Clone(t.groups[class]), func(k int) bool { return k == class })
	}
	return t.siblings[class]
}

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
