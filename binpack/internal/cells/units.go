package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// unitsOf returns the units of the model's classes, but for gangs that are out:
// pods that must share a node with others as one with their company, all others one
// by one.
func unitsOf(m *model.Model, out []bool) []unit {
	rest := model.Solution{}.Left(m)
	for c := range rest {
		if out[m.Classes[c].Gang] {
			rest[c] = 0
		}
	}
	var units []unit
	for r := range m.Rules {
		if rule := &m.Rules[r]; rule.ByNode() {
			units = append(units, company(m, r, rest)...)
		}
	}
	for c, n := range rest {
		if n > 0 && nodeRule(m, c) < 0 {
			units = append(units, unit{counts: []model.Count{{Class: c, N: 1}}, n: n})
		}
	}
	return units
}

// nodeRule returns the rule by which a class needs company on its node, or -1.
func nodeRule(m *model.Model, c int) int {
	for _, r := range m.Classes[c].OwnsRules {
		if m.Rules[r].ByNode() {
			return r
		}
	}
	return -1
}

// host returns the class of a unit's pod that has guests, or -1.
func (u *unit) host(m *model.Model) int {
	for _, n := range u.counts {
		if len(u.counts) > 1 && nodeRule(m, n.Class) < 0 {
			return n.Class
		}
	}
	return -1
}

// company makes units for the owners of rule r, and takes their pods out of rest.
// Pods that need none themselves are it; else company may be there already, or the
// owners are each other's, the first of all, on one node.
func company(m *model.Model, r int, rest []int64) []unit {
	var owners, hosts, selves []int
	for c := range m.Classes {
		class := &m.Classes[c]
		owns, in := nodeRule(m, c) == r, slices.Contains(class.InRules, r)
		switch {
		case owns && in:
			selves = append(selves, c)
			owners = append(owners, c)
		case owns:
			owners = append(owners, c)
		case in && nodeRule(m, c) < 0 && rest[c] > 0:
			hosts = append(hosts, c)
		}
	}
	there := make([]bool, len(m.Bins))
	for b, d := range m.Rules[r].Domain {
		there[b] = d >= 0 && m.Rules[r].Before[d] > 0
	}
	units := guests(m, owners, hosts, rest)
	switch {
	case slices.Contains(there, true):
		for _, c := range owners {
			if rest[c] > 0 {
				units = append(units, unit{counts: []model.Count{{Class: c, N: 1}}, bins: there, n: rest[c]})
				rest[c] = 0
			}
		}
	case len(selves) > 0:
		units = append(units, allOnOne(m, owners, selves, rest)...)
	}
	return units
}

// guests deals the owners' pods to the hosts' as evenly as can be, so that each
// unit is small: a host and its guests.
func guests(m *model.Model, owners, hosts []int, rest []int64) []unit {
	var units []unit
	for _, h := range hosts {
		free := rest[h] // hosts without guests
		for free > 0 {
			u := unit{counts: []model.Count{{Class: h, N: 1}}, n: free}
			for _, c := range owners {
				if rest[c] == 0 {
					continue
				}
				n := (rest[c] + free - 1) / free
				for n > 0 && !heldSomewhere(m, append(slices.Clone(u.counts), model.Count{Class: c, N: n})) {
					n--
				}
				if n > 0 {
					u.counts = append(u.counts, model.Count{Class: c, N: n})
					u.n = min(u.n, rest[c]/n)
				}
			}
			if len(u.counts) == 1 {
				break
			}
			for _, n := range u.counts {
				rest[n.Class] -= n.N * u.n
			}
			free -= u.n
			slices.SortFunc(u.counts, func(a, b model.Count) int { return a.Class - b.Class })
			units = append(units, u)
		}
	}
	return units
}

// allOnOne makes one unit of as many of the owners' pods as one node holds, at
// least one of which is company to itself.
func allOnOne(m *model.Model, owners, selves []int, rest []int64) []unit {
	byNeed := append(slices.Clone(selves), slices.DeleteFunc(slices.Clone(owners), func(c int) bool { return slices.Contains(selves, c) })...)
	var best []model.Count
	most := int64(0)
	node := model.NewFilling(m)
	for b := range m.Bins {
		if m.Launches(b, m.Caps, 1) == 0 {
			continue
		}
		node.Empty(b)
		var counts []model.Count
		pods := int64(0)
		for _, c := range byNeed {
			if !m.Bins[b].Admits[c] {
				continue
			}
			if n := node.Fit(c, rest[c]); n > 0 {
				node.Take(c, n)
				counts = append(counts, model.Count{Class: c, N: n})
				pods += n
			}
		}
		if pods > most && slices.Contains(selves, counts[0].Class) {
			best, most = counts, pods
		}
	}
	if best == nil {
		return nil
	}
	for _, n := range best {
		rest[n.Class] -= n.N
	}
	slices.SortFunc(best, func(a, b model.Count) int { return a.Class - b.Class })
	return []unit{{counts: best, n: 1}}
}

// heldSomewhere reports whether some launch holds the pods together.
func heldSomewhere(m *model.Model, counts []model.Count) bool {
	for b := range m.Bins {
		if m.Launches(b, m.Caps, 1) > 0 && m.Holds(b, counts) {
			return true
		}
	}
	return false
}
