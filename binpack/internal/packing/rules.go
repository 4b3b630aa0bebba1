package packing

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/spread"
)

// choiceWeight is the weight of a choice: more than that of pods, so that it is made first.
const choiceWeight = 10

// ruled reports whether more decides what is packed than the room on nodes.
func (s *Search) ruled() bool {
	return len(s.Spreads) > 0 || slices.ContainsFunc(s.Left, func(n int64) bool { return n > 0 })
}

// ordered returns the kinds by what they ask for, how many they are and which nodes admit them. A search that is cut short depends on
// the order of its numbers: so it is the same for all who ask the same.
func (s *Search) ordered() []int {
	admits := make([][]byte, len(s.Kinds))
	out := make([]int, len(s.Kinds))
	for k := range s.Kinds {
		out[k] = k
		for n := range s.Nodes {
			admits[k] = strconv.AppendBool(admits[k], s.Nodes[n].Admits[k])
		}
	}
	slices.SortStableFunc(out, func(i, j int) int {
		a, b := &s.Kinds[i], &s.Kinds[j]
		return cmp.Or(slices.Compare(a.Requests, b.Requests), cmp.Compare(a.Count, b.Count), cmp.Compare(a.PerNode, b.PerNode), cmp.Compare(a.Level, b.Level), slices.Compare(admits[i], admits[j]))
	})
	return out
}

// rules adds choices, and the rows of how many pods of each kind are placed: all, or all of a level but for those that
// may be left; those of a spread as its rule has them, and in no domain with those that it keeps away from. Of a rule it
// states what is linear.
func (c *counts) rules() {
	s, in := c.search, c.domains()
	choices := c.choices(in)
	level := make([]placing, len(s.Left)) // pods that need not all be placed
	place := func(terms []term, count int64, of int) {
		if of >= len(s.Left) || s.Left[of] == 0 {
			c.exactly(terms, count)
		} else {
			c.row(terms, count)
			level[of].terms, level[of].count = append(level[of].terms, terms...), arith.Add(level[of].count, count)
		}
	}
	seen := make([]bool, len(s.Spreads))
	for _, k := range s.order {
		kind := &s.Kinds[k]
		if kind.Spread == 0 {
			place(c.pods(k), kind.Count, kind.Level)
		} else if i := kind.Spread - 1; !seen[i] {
			seen[i] = true
			all := []term(nil)
			for _, d := range in[i] {
				all = append(all, d.pods...)
			}
			place(all, s.Spreads[i].Count, kind.Level)
			c.skew(&s.Spreads[i], in[i])
		}
	}
	for of, p := range level {
		c.row(less(nil, p.terms), s.Left[of]-p.count)
	}
	for _, both := range choices {
		c.row([]term{{both[0], 1}, {both[1], 1}}, 1)
	}
}

// A placing is the pods of a level.
type placing struct {
	terms []term
	count int64
}

// pods returns all pods of a kind.
func (c *counts) pods(kind int) []term {
	var out []term
	for j, a := range c.all {
		if a.kind == kind {
			out = append(out, term{j, 1})
		}
	}
	return out
}

// A domain is one of a spread, and its pods there.
type domain struct {
	number int
	pods   []term
}

// domains returns the domains of each spread, in the order of the kinds, and then those without pods.
func (c *counts) domains() [][]domain {
	out := make([][]domain, len(c.search.Spreads))
	for _, k := range c.search.order {
		if kind := &c.search.Kinds[k]; kind.Spread > 0 {
			out[kind.Spread-1] = append(out[kind.Spread-1], domain{kind.Domain, c.pods(k)})
		}
	}
	for i, s := range c.search.Spreads {
		for d := range s.Before {
			if !slices.ContainsFunc(out[i], func(known domain) bool { return known.number == d }) {
				out[i] = append(out[i], domain{number: d})
			}
		}
	}
	return out
}

// less returns some terms without others.
func less(terms, others []term) []term {
	out := slices.Clone(terms)
	for _, t := range others {
		out = append(out, term{t.number, -t.factor})
	}
	return out
}

// skew adds the rows of a rule: no domain has more than its most, nor more than another and the skew. Where some pods are there
// before, and too many for the rule, it is about domains that get some only: that row is left out.
func (c *counts) skew(s *spread.Spread, in []domain) {
	if !s.Satisfiable() {
		return
	}
	most := s.Most()
	for _, d := range in {
		c.row(d.pods, most[d.number])
		for _, e := range in {
			if side := s.Skew + s.Before[e.number] - s.Before[d.number]; d.number != e.number && !s.Sparse && side >= 0 {
				c.row(less(d.pods, e.pods), side)
			}
		}
	}
}

// choices adds a number for each spread of an Apart and domain that another may want too: 1 where it has pods there. It
// returns the pairs that are not both 1.
func (c *counts) choices(in [][]domain) [][2]int {
	number := make([]map[int]int, len(in)) // per spread and domain
	for i := range number {
		number[i] = map[int]int{}
	}
	var pairs [][2]place
	for _, a := range c.search.Aparts {
		for _, p := range a.Pairs {
			one, other := a.Spreads[p[0]], a.Spreads[p[1]]
			for d, at := range a.Domains[p[0]] {
				if e := slices.Index(a.Domains[p[1]], at); at >= 0 && e >= 0 {
					pairs = append(pairs, [2]place{{one, d}, {other, e}})
					number[one][d], number[other][e] = -1, -1
				}
			}
		}
	}
	var places []place // in the order of the kinds
	for _, k := range c.search.order {
		if at := (place{c.search.Kinds[k].Spread - 1, c.search.Kinds[k].Domain}); at.spread >= 0 && number[at.spread][at.domain] < 0 {
			number[at.spread][at.domain] = len(c.program.Most)
			c.add(1, choiceWeight)
			places = append(places, at)
		}
	}
	for _, at := range places {
		pods := in[at.spread][slices.IndexFunc(in[at.spread], func(d domain) bool { return d.number == at.domain })].pods
		c.row(append(slices.Clone(pods), term{number[at.spread][at.domain], -c.search.Spreads[at.spread].Count}), 0)
	}
	var out [][2]int
	for _, p := range pairs {
		one, other := number[p[0].spread][p[0].domain], number[p[1].spread][p[1].domain]
		if one >= 0 && other >= 0 {
			out = append(out, [2]int{min(one, other), max(one, other)})
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// A place is a domain of a spread.
type place struct{ spread, domain int }
