package model

import "slices"

// Broken returns a rule over domains that s breaks, and in which domain; -1, -1:
// it breaks none. Domains that are single launches are numbered after the
// others.
func (s Solution) Broken(m *Model) (rule, domain int) { return NewTallies(m).Broken(s) }

// Tallies are the members and owners of each rule over domains in a solution from which
// pods are taken one after the other.
type Tallies struct {
	m       *Model
	of      []tally // per rule
	suspect []bool  // rules that are not known to be kept
}

// A tally is the members and owners of a rule, per domain; empty: they are not counted yet.
type tally struct {
	members, owners []int64
	broken          int   // the domain in which the rule was broken last, none before it; -1: that is not known
	fewest          int64 // members of any domain, where broken is known
}

// NewTallies returns the tallies of a solution that is not known yet.
func NewTallies(m *Model) *Tallies {
	return &Tallies{m, make([]tally, len(m.Rules)), slices.Repeat([]bool{true}, len(m.Rules))}
}

// Broken is that of s: the solution of earlier calls without the pods that were taken off.
func (t *Tallies) Broken(s Solution) (rule, domain int) {
	together := false
	for r := range t.m.Rules {
		rule := &t.m.Rules[r]
		together = together || rule.Kind == Together
		if !t.suspect[r] {
			continue
		}
		if t.of[r].members == nil {
			t.of[r] = tallyOf(t.m, r, s)
		}
		if d := t.of[r].find(rule); d >= 0 {
			return r, d
		}
		t.suspect[r] = false
	}
	if together {
		return s.stranded(t.m)
	}
	return -1, -1
}

// Take takes n pods of a class off a launch of bin b.
func (t *Tallies) Take(b, class int, n int64) {
	c := &t.m.Classes[class]
	for _, r := range c.InRules {
		t.take(r, b, func(of *tally, d int) { of.members[d] -= n })
	}
	for _, r := range c.OwnsRules {
		t.take(r, b, func(of *tally, d int) { of.owners[d] -= n })
	}
}

// take changes the tally of a rule for the domain of bin b. Where nodes are domains it is
// counted anew.
func (t *Tallies) take(r, b int, change func(*tally, int)) {
	t.suspect[r] = true
	switch d := t.m.Rules[r].Domain[b]; {
	case d == EachNode:
		t.of[r] = tally{}
	case d >= 0 && t.of[r].members != nil:
		if change(&t.of[r], d); t.of[r].members[d] < t.of[r].fewest || t.m.Rules[r].Kind == Together {
			t.of[r].broken = -1 // it may be so in others now
		}
	}
}

// find returns the first domain in which the rule is broken, or -1.
func (t *tally) find(rule *Rule) int {
	first := max(t.broken, 0) // pods that were taken off mend domains, as long as the fewest stay
	if t.broken < 0 {
		t.fewest = rule.Fewest(t.members).least
	}
	t.broken = -1
	for d := first; d < len(t.owners) && t.broken < 0; d++ {
		if rule.breaks(t.members[d], t.owners[d], t.fewest) {
			t.broken = d
		}
	}
	return t.broken
}

// breaks reports whether the rule is broken in a domain, by the fewest members of any.
func (rule *Rule) breaks(members, owners, fewest int64) bool {
	return owners > 0 && (rule.room(members, fewest) < 0 || rule.Kind == Together && members == 0)
}

// tallyOf counts the members and owners of rule r.
func tallyOf(m *Model, r int, s Solution) tally {
	rule := &m.Rules[r]
	t := tally{members: slices.Clone(rule.Before), owners: make([]int64, len(rule.Before)), broken: -1}
	for _, j := range s {
		d := rule.Domain[j.Bin]
		times := j.Times
		switch {
		case d == NoDomain || times == 0:
			continue
		case d == EachNode: // alike launches are alike domains
			d, times = len(t.members), 1
			t.members, t.owners = append(t.members, 0), append(t.owners, 0)
		}
		for _, n := range j.Counts {
			class := &m.Classes[n.Class]
			if slices.Contains(class.InRules, r) {
				t.members[d] += n.N * times
			}
			if slices.Contains(class.OwnsRules, r) {
				t.owners[d] += n.N * times
			}
		}
	}
	return t
}
