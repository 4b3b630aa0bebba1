package settling

import (
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A part is the pods of a class in one cell: bins that no rule of the class tells apart.
type part struct {
	class  int
	domain []int // per rule of the class; none: the class has no rules
	bins   []int
	number int // the variable that counts its pods; below 0: all pods of the class are in it
}

// A term is a variable of a row and how often it counts.
type term struct {
	variable int
	times    float64
}

// A row is what the terms are at least together, or at most.
type row struct {
	terms  []term
	atMost bool
	side   float64
}

// A program is the rows beside those of the classes' pods, and what they are about.
type program struct {
	m     *model.Model
	rules [][]int // per class, those that tell cells apart
	parts []part
	of    [][]int // per class, its parts
	most  []int64 // per variable
	rows  []row

	whole   []int // the variables that are to be whole, beside columns
	choices []choice
}

// A choice is whether pods of a class may be in a domain.
type choice struct {
	variable int
	pods     int   // a variable that counts some of them
	most     int64 // of all
}

// programOf states the rules of a model in rows; nil: it has some that cannot be, or none.
func programOf(m *model.Model) *program {
	p := &program{m: m, rules: make([][]int, len(m.Classes)), of: make([][]int, len(m.Classes))}
	owners, members := make([][]int, len(m.Rules)), make([][]int, len(m.Rules))
	for c := range m.Classes {
		for _, r := range m.Classes[c].OwnsRules {
			owners[r] = append(owners[r], c)
		}
		for _, r := range m.Classes[c].InRules {
			members[r] = append(members[r], c)
		}
	}
	some := false
	for r := range m.Rules {
		if len(owners[r]) == 0 {
			continue
		}
		if m.Rules[r].Kind == model.Together || m.Rules[r].ByNode() {
			return nil
		}
		some = true
		for _, c := range append(slices.Clone(owners[r]), members[r]...) {
			if !slices.Contains(p.rules[c], r) {
				p.rules[c] = append(p.rules[c], r)
			}
		}
	}
	if !some {
		return nil
	}
	for c := range m.Classes {
		p.divide(c)
	}
	for _, alone := range []bool{true, false} { // the rows of other rules are tighter where classes keep away from themselves
		for r := range m.Rules {
			if len(owners[r]) > 0 && alone == (m.Rules[r].Kind == model.Apart && slices.Equal(owners[r], members[r]) && len(owners[r]) == 1) {
				p.state(r, owners[r], members[r])
			}
		}
	}
	for i := range p.parts {
		if p.parts[i].number >= 0 {
			p.whole = append(p.whole, p.parts[i].number)
		}
	}
	return p
}

// count returns how many rows there are, those of pods too, about.
func (p *program) count() int {
	return len(p.parts) + len(p.m.Classes) + len(p.m.Caps) + len(p.rows) + 1
}

// firstColumn returns the number of the first column's variable: before it are those of the rules,
// and of pods left of each class.
func (p *program) firstColumn() int { return len(p.most) + len(p.m.Classes) }

// variable adds a variable.
func (p *program) variable(most int64) int {
	p.most = append(p.most, most)
	return len(p.most) - 1
}

// divide divides a class over its cells.
func (p *program) divide(c int) {
	at := map[string]int{}
	for b := range p.m.Bins {
		if p.m.MostOf(c, b) == 0 {
			continue
		}
		var key []byte
		var domain []int
		for _, r := range p.rules[c] {
			domain = append(domain, p.m.Rules[r].Domain[b])
			key = binary.AppendVarint(key, int64(p.m.Rules[r].Domain[b]))
		}
		i, known := at[string(key)]
		if !known {
			i = len(p.parts)
			at[string(key)] = i
			p.parts = append(p.parts, part{class: c, domain: domain, number: -1})
			p.of[c] = append(p.of[c], i)
		}
		p.parts[i].bins = append(p.parts[i].bins, b)
	}
	if len(p.rules[c]) == 0 {
		return
	}
	for _, i := range p.of[c] {
		p.parts[i].number = p.variable(p.m.Classes[c].Count)
	}
}

// in returns the terms of the pods of a class in a domain of one of its rules, the most that they can be.
func (p *program) in(c, r, d int, times float64) (terms []term, most int64) {
	at := slices.Index(p.rules[c], r)
	for _, i := range p.of[c] {
		if p.parts[i].domain[at] == d {
			terms = append(terms, term{p.parts[i].number, times})
		}
	}
	for _, t := range terms {
		most += p.most[t.variable]
	}
	return terms, min(most, p.m.Classes[c].Count)
}

// all returns the terms of the pods of some classes in a domain.
func (p *program) all(classes []int, r, d int, times float64) (terms []term, most int64) {
	for _, c := range classes {
		some, n := p.in(c, r, d, times)
		terms, most = append(terms, some...), most+n
	}
	return terms, most
}

// state states a rule.
func (p *program) state(r int, owners, members []int) {
	rule := &p.m.Rules[r]
	if rule.Kind == model.Spread {
		p.spread(r, owners, members)
		return
	}
	for d, before := range rule.Before {
		for _, o := range owners {
			own, most := p.in(o, r, d, 1)
			others, n := p.all(slices.DeleteFunc(slices.Clone(members), func(c int) bool { return c == o }), r, d, 1)
			self := slices.Contains(members, o)
			rest := rule.Most - before
			switch {
			case own == nil:
			case rest < 0:
				p.rows = append(p.rows, row{own, true, 0})
			case self && n == 0:
				p.rows = append(p.rows, row{own, true, float64(rest)})
				for _, t := range own {
					p.most[t.variable] = min(p.most[t.variable], rest)
				}
			case n > 0:
				if self {
					others, n = append(others, own...), n+most
				}
				p.apart(own, most, others, n, rest)
			}
		}
	}
}

// apart states that where there are some of the own pods there are at most rest others.
func (p *program) apart(own []term, most int64, others []term, n, rest int64) {
	if n <= rest {
		return
	}
	w := p.variable(1)
	p.whole = append(p.whole, w)
	p.choices = append(p.choices, choice{w, own[0].variable, most})
	p.rows = append(p.rows, row{append(slices.Clone(own), term{w, -float64(most)}), true, 0})
	if rest > 0 {
		p.rows = append(p.rows, row{append(slices.Clone(others), term{w, float64(n - rest)}), true, float64(n)})
		return
	}
	for _, t := range others { // none of any: one by one says more of parts
		p.rows = append(p.rows, row{[]term{t, {w, float64(p.most[t.variable])}}, true, float64(p.most[t.variable])})
	}
}

// spread states a rule that spreads pods.
func (p *program) spread(r int, owners, members []int) {
	rule := &p.m.Rules[r]
	if len(rule.Before) == 0 {
		return // no bin is in a domain
	}
	fewest := -1
	if !rule.Sparse {
		all := int64(0)
		for _, c := range members {
			all += p.m.Classes[c].Count
		}
		fewest = p.variable(all + slices.Max(rule.Before))
	}
	for d, before := range rule.Before {
		if fewest >= 0 {
			terms, _ := p.all(members, r, d, -1)
			p.rows = append(p.rows, row{append(terms, term{fewest, 1}), true, float64(before)})
		}
		if own, _ := p.all(owners, r, d, 1); own == nil {
			continue
		}
		terms, _ := p.all(members, r, d, 1)
		if fewest >= 0 {
			terms = append(terms, term{fewest, -1})
		}
		if rest := rule.Most - before; rest >= 0 {
			p.rows = append(p.rows, row{terms, true, float64(rest)})
			continue
		}
		for i := range terms {
			terms[i].times *= -1
		}
		p.rows = append(p.rows, row{terms, false, float64(before - rule.Most)})
	}
}

// divided returns the model in which each part is a class, without rules.
func (p *program) divided() *model.Model {
	out := p.m.Frame()
	out.Bins = slices.Clone(p.m.Bins)
	admits := make([][]int, len(p.m.Bins))
	for i := range p.parts {
		class := p.m.Classes[p.parts[i].class]
		class.OwnsRules, class.InRules = nil, nil
		if n := p.parts[i].number; n >= 0 {
			class.Count = p.most[n]
		}
		out.Classes = append(out.Classes, class)
		for _, b := range p.parts[i].bins {
			admits[b] = append(admits[b], i)
		}
	}
	for b := range admits {
		out.Bins[b].Admits = model.Classes(len(p.parts), admits[b])
	}
	return out
}
