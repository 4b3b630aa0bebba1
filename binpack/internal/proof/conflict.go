package proof

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/ties"
)

// A conflict is classes of one level that hang together by rules which keep them out of each
// other's domains.
type conflict struct {
	rule    int // one of these; all are over the same domains
	classes []int
	pairs   [][2]int // of classes
}

// maxSmall bounds the pods of models in which conflicts count that need not leave any: in larger ones
// the parts take more work than they give.
const maxSmall = 200

// maxConflicting bounds the classes of a conflict: what a bound makes of them is found by
// trying all domains of each.
const maxConflicting = 16

// conflictsOf returns the conflicts of classes that a certificate can name. A class is in one
// at most.
func conflictsOf(m *model.Model, named func(class, rule int) string) []conflict {
	var out []conflict
	taken := make([]bool, len(m.Classes))
	seen := map[string]bool{} // keys
	for first := range m.Rules {
		at := slices.IndexFunc(m.Classes, func(c model.Class) bool { return slices.Contains(c.OwnsRules, first) })
		if m.Rules[first].Kind != model.Apart || at < 0 {
			continue
		}
		key := named(at, first)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		of := conflict{rule: first}
		known := map[int]bool{}
		usable := func(c int) bool {
			is, looked := known[c]
			if !looked {
				is = !taken[c] && m.Classes[c].Count > 0 && m.Classes[c].Count < maxUnitPrice && named(c, first) == key && choosesDomain(m, c, first)
				known[c] = is
			}
			return is
		}
		together := ties.Of(len(m.Classes))
		for _, p := range conflicting(m, m.Rules[first].Domain, func(c, r int) bool { return named(c, r) == key }) {
			if usable(p[0]) && usable(p[1]) {
				of.pairs = append(of.pairs, p)
				together.Tie(p[0], p[1])
			}
		}
		out = append(out, of.parts(m, together, taken, named)...)
	}
	return out
}

// choosesDomain reports whether a rule is over several domains, and some hold pods of class c.
func choosesDomain(m *model.Model, c, r int) bool {
	prices := cheapestIn(m, c, r, true)
	return len(prices) > 1 && slices.Min(prices) < math.Inf(1)
}

// conflicting returns the pairs of classes of one level that rules over these domains, by the
// same key, keep out of each other's.
func conflicting(m *model.Model, domain []int, same func(class, rule int) bool) [][2]int {
	owners, members := make([][]int, len(m.Rules)), make([][]int, len(m.Rules))
	for c := range m.Classes {
		for _, r := range m.Classes[c].OwnsRules {
			owners[r] = append(owners[r], c)
		}
		for _, r := range m.Classes[c].InRules {
			members[r] = append(members[r], c)
		}
	}
	var out [][2]int
	for r := range m.Rules {
		if m.Rules[r].Kind != model.Apart || m.Rules[r].Most > 1 || !slices.Equal(m.Rules[r].Domain, domain) {
			continue
		}
		for _, c := range owners[r] {
			if m.Rules[r].Most == 1 && !slices.Contains(members[r], c) || !same(c, r) {
				continue
			}
			for _, o := range members[r] {
				if o != c && m.Classes[o].Level == m.Classes[c].Level {
					out = append(out, [2]int{c, o})
				}
			}
		}
	}
	return out
}

// parts returns the conflicts of classes that hang together, those that count for a bound, and
// notes which classes these take.
func (of *conflict) parts(m *model.Model, together ties.Ties, taken []bool, named func(class, rule int) string) []conflict {
	at := map[int]int{}
	var out []conflict
	for _, p := range of.pairs {
		root := together.Root(p[0])
		if _, known := at[root]; !known {
			at[root] = len(out)
			out = append(out, conflict{rule: of.rule})
		}
		one := &out[at[root]]
		one.pairs = append(one.pairs, p)
		one.classes = append(one.classes, p[0], p[1])
	}
	pods := int64(0)
	for c := range m.Classes {
		pods = arith.Add(pods, m.Classes[c].Count)
	}
	small := pods <= maxSmall
	for i := range out {
		slices.Sort(out[i].classes)
		out[i].classes = slices.Compact(out[i].classes)
	}
	out = slices.DeleteFunc(out, func(c conflict) bool {
		return len(c.classes) > maxConflicting || !small && !c.counts(m, named)
	})
	for _, one := range out {
		for _, c := range one.classes {
			taken[c] = true
		}
	}
	return out
}

// counts reports whether every plan leaves some of the pods.
func (of *conflict) counts(m *model.Model, named func(class, rule int) string) bool {
	var a bound.Apart
	var list []bound.Spread
	at := map[int]int{}
	for _, c := range of.classes {
		s, _, in := looselyDividing(m, c, of.rule, named)
		if in == nil {
			return false
		}
		at[c] = len(a.Spreads)
		a.Spreads, a.Domains, list = append(a.Spreads, len(list)), append(a.Domains, numbered(len(in))), append(list, s)
	}
	for _, p := range of.pairs {
		a.Pairs = append(a.Pairs, [2]int{at[p[0]], at[p[1]]})
	}
	left, ok := a.Fewest(list)
	return ok && left > 0
}

// numbered returns the numbers from 0 to n-1.
func numbered(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// ofClass returns the conflict that a class is in; nil: none.
func ofClass(conflicts []conflict, class int) *conflict {
	for i := range conflicts {
		if slices.Contains(conflicts[i].classes, class) {
			return &conflicts[i]
		}
	}
	return nil
}

// looselyDividing divides a class over the domains of a rule that keeps it away from others:
// as many to a domain as there are, or one where it keeps away from its own pods too.
func looselyDividing(m *model.Model, c, r int, named func(class, rule int) string) (s bound.Spread, rule int, in []int64) {
	prices := cheapestIn(m, c, r, true)
	s = bound.Spread{Count: m.Classes[c].Count, Skew: m.Classes[c].Count, Sparse: true}
	for _, own := range m.Classes[c].OwnsRules {
		if m.Rules[own].Kind == model.Apart && m.Rules[own].Most <= 1 && slices.Equal(m.Rules[own].Domain, m.Rules[r].Domain) && slices.Contains(m.Classes[c].InRules, own) && named(c, own) == named(c, r) {
			s.Skew = 1
		}
	}
	values := make([]int64, len(prices))
	for d, p := range prices {
		values[d] = int64(min(p, maxUnitPrice))
		if p == math.Inf(1) {
			s.Before = append(s.Before, s.Skew)
		} else {
			s.Before = append(s.Before, 0)
		}
	}
	s.Count -= s.Surplus()
	if _, in = s.Least(values); in == nil {
		return s, -1, nil
	}
	return s, r, in
}

// apart returns the conflict as package bound sees it, of the classes that are divided over
// its domains.
func (of *conflict) apart(d *Division) bound.Apart {
	out := bound.Apart{Level: d.whole.Classes[of.classes[0]].Level}
	at := map[int]int{}
	for _, c := range of.classes {
		p := &d.Parts[d.of[c][0]]
		if p.spread == 0 || !slices.Equal(d.whole.Rules[p.Rule].Domain, d.whole.Rules[of.rule].Domain) {
			continue
		}
		at[c] = len(out.Spreads)
		out.Spreads, out.Domains = append(out.Spreads, p.spread-1), append(out.Domains, numbered(len(d.of[c])))
	}
	for _, p := range of.pairs {
		a, aThere := at[p[0]]
		b, bThere := at[p[1]]
		if aThere && bThere {
			out.Pairs = append(out.Pairs, [2]int{a, b})
		}
	}
	return out
}
