package cells

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
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
	needs := needsOf(m)
	for _, r := range nodeRules(m, needs) {
		units = company(m, r, needs, rest, units)
	}
	for c, n := range rest {
		if n > 0 && needs[c] < 0 {
			units = append(units, unit{counts: []model.Count{{Class: c, N: 1}}, n: n})
		}
	}
	return units
}

// needsOf returns, for each class, the rule by which it needs company on its node, or -1.
func needsOf(m *model.Model) []int {
	byNode, needs := make([]bool, len(m.Rules)), make([]int, len(m.Classes))
	for r := range m.Rules {
		byNode[r] = m.Rules[r].ByNode()
	}
	for c := range needs {
		needs[c] = -1
		if at := slices.IndexFunc(m.Classes[c].OwnsRules, func(r int) bool { return byNode[r] }); at >= 0 {
			needs[c] = m.Classes[c].OwnsRules[at]
		}
	}
	return needs
}

// nodeRules returns the rules about the company on a node, each after those by which
// its company needs some itself, unless they need each other: the first that can come
// next, or the first of all.
func nodeRules(m *model.Model, needs []int) []int {
	var all, ready, out []int
	waits, after := make([]int, len(m.Rules)), make([][]int, len(m.Rules)) // others that come first, and who comes after
	for r := range m.Rules {
		if m.Rules[r].ByNode() {
			all = append(all, r)
		}
	}
	seen := map[[2]int]bool{}
	for c, need := range needs {
		for _, r := range m.Classes[c].InRules {
			if pair := [2]int{need, r}; need >= 0 && r != need && !seen[pair] {
				seen[pair] = true
				waits[r]++
				after[need] = append(after[need], r)
			}
		}
	}
	for _, r := range all {
		if waits[r] == 0 {
			ready = append(ready, r)
		}
	}
	done := make([]bool, len(m.Rules))
	for first := 0; len(out) < len(all); {
		r := all[first]
		switch {
		case len(ready) > 0:
			r, ready = ready[0], ready[1:]
		case done[r]:
			first++
			continue
		}
		done[r] = true
		out = append(out, r)
		for _, o := range after[r] {
			if waits[o]--; waits[o] == 0 && !done[o] && m.Rules[o].ByNode() {
				at, _ := slices.BinarySearch(ready, o)
				ready = slices.Insert(ready, at, o)
			}
		}
	}
	return out
}

// host returns the class of a unit's pod that has guests, or -1.
func (u *unit) host(needs []int) int {
	for _, n := range u.counts {
		if len(u.counts) > 1 && needs[n.Class] < 0 {
			return n.Class
		}
	}
	return -1
}

// company adds units for the owners of rule r, and takes their pods out of rest.
// Pods that need none themselves or that have theirs in a unit are it; else company
// may be there already, or the owners are each other's, the first of all, on one
// node.
func company(m *model.Model, r int, needs []int, rest []int64, units []unit) []unit {
	var owners, hosts, selves []int
	for c := range m.Classes {
		class := &m.Classes[c]
		owns, in := needs[c] == r, slices.Contains(class.InRules, r)
		switch {
		case owns && in:
			selves = append(selves, c)
			owners = append(owners, c)
		case owns:
			owners = append(owners, c)
		case in && needs[c] < 0 && rest[c] > 0:
			hosts = append(hosts, c)
		}
	}
	there := make([]bool, len(m.Bins))
	for b, d := range m.Rules[r].Domain {
		there[b] = d >= 0 && m.Rules[r].Before[d] > 0
	}
	var more []unit
	for _, u := range units {
		if slices.ContainsFunc(u.counts, func(n model.Count) bool { return slices.Contains(m.Classes[n.Class].InRules, r) }) {
			made, free := entertain(m, u, owners, rest)
			more = append(more, made...)
			u.n = free
		}
		if u.n > 0 {
			more = append(more, u)
		}
	}
	units = append(more, guests(m, owners, hosts, rest)...)
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

// guests deals the owners' pods to the hosts', and takes both out of rest.
func guests(m *model.Model, owners, hosts []int, rest []int64) []unit {
	var units []unit
	for _, h := range hosts {
		made, free := entertain(m, unit{counts: []model.Count{{Class: h, N: 1}}, n: rest[h]}, owners, rest)
		units = append(units, made...)
		rest[h] = free
	}
	return units
}

// entertain deals pods of the guests to units as evenly as can be, so that the
// units stay small, and takes them out of rest. It returns the units with guests,
// and how many have none.
func entertain(m *model.Model, host unit, guests []int, rest []int64) (units []unit, free int64) {
	free = host.n
	for free > 0 {
		u := unit{counts: slices.Clone(host.counts), bins: host.bins, n: free}
		for _, c := range guests {
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
		if len(u.counts) == len(host.counts) {
			break
		}
		for _, n := range u.counts[len(host.counts):] {
			rest[n.Class] -= n.N * u.n
		}
		free -= u.n
		slices.SortFunc(u.counts, func(a, b model.Count) int { return a.Class - b.Class })
		units = append(units, u)
	}
	return units, free
}

// allOnOne makes one unit of as many of the owners' pods as one node holds, at
// least one of which is company to itself: the large ones first, or the small ones.
func allOnOne(m *model.Model, owners, selves []int, rest []int64) []unit {
	self := make([]bool, len(m.Classes))
	for _, c := range selves {
		self[c] = true
	}
	byNeed := append(slices.Clone(selves), slices.DeleteFunc(slices.Clone(owners), func(c int) bool { return self[c] })...)
	var best []model.Count
	most := int64(0)
	for b := range m.Bins {
		if m.Launches(b, m.Caps, 1) == 0 {
			continue
		}
		for _, order := range [][]int{byNeed, smallestFirst(m, b, self, byNeed)} {
			counts, pods := filledBy(m, b, order, rest)
			if pods > most && self[counts[0].Class] {
				best, most = counts, pods
			}
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

// filledBy returns what bin b holds of the classes in this order, and how many pods.
func filledBy(m *model.Model, b int, order []int, rest []int64) (counts []model.Count, pods int64) {
	node := model.NewFilling(m)
	node.Empty(b)
	for _, c := range order {
		if !m.Bins[b].Admits[c] {
			continue
		}
		if n := node.Fit(c, rest[c]); n > 0 {
			node.Take(c, n)
			counts = append(counts, model.Count{Class: c, N: n})
			pods += n
		}
	}
	return counts, pods
}

// smallestFirst returns the classes in the order of priority and, of such, of the share
// of bin b that a pod takes; but one of the selves comes first.
func smallestFirst(m *model.Model, b int, self []bool, classes []int) []int {
	share := make([]int64, len(m.Classes))
	for _, c := range classes {
		for r, q := range m.Classes[c].Requests {
			if room := m.Bins[b].Capacity[r]; room != model.Unlimited && room > 0 {
				share[c] = max(share[c], arith.MulDiv(min(q, room), 1<<30, room))
			}
		}
	}
	byShare := func(a, b int) int {
		return cmp.Or(cmp.Compare(m.Classes[a].Level, m.Classes[b].Level), cmp.Compare(share[a], share[b]))
	}
	out := slices.Clone(classes)
	slices.SortStableFunc(out, byShare)
	if at := slices.IndexFunc(out, func(c int) bool { return m.Bins[b].Admits[c] && self[c] }); at > 0 {
		first := out[at]
		out = slices.Insert(slices.Delete(out, at, at+1), 0, first)
	}
	return out
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
