package model

import "slices"

// Pods with rules Together are placed one after the other: each finds a member in its
// domain, or is a member itself and the first of all. A pod that has found a member keeps
// it, whatever is placed later; and a pod that may be the first may be placed at the very
// beginning.

// A placement is the pods of one class on one launch.
type placement struct {
	class  int
	domain []int // per rule
}

// stranded returns a rule Together and a domain with pods that no order can place, or
// -1, -1. Pods that are stranded when all others are placed before them are then tried
// as the first of all.
func (s Solution) stranded(m *Model) (rule, domain int) {
	waiting := s.placements(m)
	rest := placeInOrder(m, nil, waiting)
	if len(rest) > 0 {
		rest = placeInOrder(m, rest, waiting)
	}
	if len(rest) == 0 {
		return -1, -1
	}
	for _, r := range m.Classes[rest[0].class].OwnsRules {
		if d := rest[0].domain[r]; m.Rules[r].Kind == Together && d != NoDomain {
			rule, domain = r, d
		}
	}
	return rule, domain
}

// placements returns where the pods of s are. Of several alike launches one may hold the
// first pods; the others are as the second.
func (s Solution) placements(m *Model) []placement {
	var out []placement
	launches := 0
	for _, j := range s {
		for range min(j.Times, 2) {
			domain := make([]int, len(m.Rules))
			for r := range m.Rules {
				if domain[r] = m.Rules[r].Domain[j.Bin]; domain[r] == EachNode {
					domain[r] = len(m.Rules[r].Before) + launches
				}
			}
			launches++
			for _, n := range j.Counts {
				out = append(out, placement{n.Class, domain})
			}
		}
	}
	return out
}

// placeInOrder makes the placements that the rules allow one after the other, those of
// firsts before all others, and returns the rest.
func placeInOrder(m *Model, firsts, waiting []placement) []placement {
	here := make([]map[int]bool, len(m.Rules)) // domains with members; none: there is none anywhere
	for r := range m.Rules {
		here[r] = map[int]bool{}
		for d, n := range m.Rules[r].Before {
			if n > 0 {
				here[r][d] = true
			}
		}
	}
	// comes reports whether a placement may be made now, as the first or not, and
	// makes it.
	comes := func(p placement, asFirst bool) bool {
		class := &m.Classes[p.class]
		for _, r := range class.OwnsRules {
			if m.Rules[r].Kind != Together || p.domain[r] == NoDomain || here[r][p.domain[r]] {
				continue
			}
			met := func(o int) bool { return m.Rules[o].Kind == Together && len(here[o]) > 0 }
			if !asFirst || slices.ContainsFunc(class.OwnsRules, met) || !slices.Contains(class.InRules, r) {
				return false
			}
		}
		for _, r := range class.InRules {
			if p.domain[r] != NoDomain {
				here[r][p.domain[r]] = true
			}
		}
		return true
	}
	for _, p := range firsts {
		comes(p, true)
	}
	for {
		before := len(waiting)
		waiting = slices.DeleteFunc(slices.Clone(waiting), func(p placement) bool { return comes(p, false) })
		if len(waiting) == before {
			first := slices.IndexFunc(waiting, func(p placement) bool { return comes(p, true) })
			if first < 0 {
				return waiting
			}
			waiting = slices.Delete(waiting, first, first+1)
		}
	}
}
