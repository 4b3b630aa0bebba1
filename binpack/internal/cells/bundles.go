package cells

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
)

// bundlesOf returns the bundles of the model's classes, but for gangs that are out:
// pods that must share a node are one bundle with their partners, all others are bundles
// of one.
func bundlesOf(m *model.Model, out []bool) []bundle {
	rest := model.Solution{}.Left(m)
	for c := range rest {
		if out[m.Classes[c].Gang] {
			rest[c] = 0
		}
	}
	var bundles []bundle
	needs := nodeRuleOf(m)
	for _, r := range nodeRules(m, needs) {
		bundles = bundlePartners(m, r, needs, rest, bundles)
	}
	for c, n := range rest {
		if n > 0 && needs[c] < 0 {
			bundles = append(bundles, bundle{counts: []model.Count{{Class: c, N: 1}}, n: n})
		}
	}
	return bundles
}

// nodeRuleOf returns, for each class, the rule by which it needs a partner on its node,
// or -1.
func nodeRuleOf(m *model.Model) []int {
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

// nodeRules returns the affinity rules over single nodes. Each comes after the rules by
// which its partners need partners themselves, unless they need each other: the first
// that can come next, or the first of all. needs is what nodeRuleOf returns.
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

// anchor returns the class of the pod to which the others of a bundle are attached, or -1.
// needs is what nodeRuleOf returns.
func (u *bundle) anchor(needs []int) int {
	for _, n := range u.counts {
		if len(u.counts) > 1 && needs[n.Class] < 0 {
			return n.Class
		}
	}
	return -1
}

// bundlePartners adds bundles for the owners of rule r, and takes their pods out of rest.
// Partners are, in order: pods without a co-location rule or already in a bundle; pods on
// existing nodes; the owners themselves, all on one node. needs is what nodeRuleOf returns.
func bundlePartners(m *model.Model, r int, needs []int, rest []int64, bundles []bundle) []bundle {
	var owners, anchors, selves []int
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
			anchors = append(anchors, c)
		}
	}
	resident := make([]bool, len(m.Bins))
	for b, d := range m.Rules[r].Domain {
		resident[b] = d >= 0 && m.Rules[r].Before[d] > 0
	}
	var more []bundle
	for _, u := range bundles {
		if slices.ContainsFunc(u.counts, func(n model.Count) bool { return slices.Contains(m.Classes[n.Class].InRules, r) }) {
			made, free := attach(m, u, owners, rest)
			more = append(more, made...)
			u.n = free
		}
		if u.n > 0 {
			more = append(more, u)
		}
	}
	bundles = append(more, attachAll(m, owners, anchors, rest)...)
	switch {
	case slices.Contains(resident, true):
		for _, c := range owners {
			if rest[c] > 0 {
				bundles = append(bundles, bundle{counts: []model.Count{{Class: c, N: 1}}, bins: resident, n: rest[c]})
				rest[c] = 0
			}
		}
	case len(selves) > 0:
		bundles = append(bundles, allOnOne(m, owners, selves, rest)...)
	}
	return bundles
}

// attachAll attaches the owners' pods to the anchors' pods, and takes both out of rest.
func attachAll(m *model.Model, owners, anchors []int, rest []int64) []bundle {
	var bundles []bundle
	for _, h := range anchors {
		made, free := attach(m, bundle{counts: []model.Count{{Class: h, N: 1}}, n: rest[h]}, owners, rest)
		bundles = append(bundles, made...)
		rest[h] = free
	}
	return bundles
}

// attach spreads pods of the followers over the anchor's bundles as evenly as can be,
// so that the bundles stay small, and takes the pods out of rest. It returns the bundles
// with followers, and how many of the anchor's have none.
func attach(m *model.Model, anchor bundle, followers []int, rest []int64) (made []bundle, free int64) {
	free = anchor.n
	for free > 0 {
		u := bundle{counts: slices.Clone(anchor.counts), bins: anchor.bins, n: free}
		for _, c := range followers {
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
		if len(u.counts) == len(anchor.counts) {
			break
		}
		for _, n := range u.counts[len(anchor.counts):] {
			rest[n.Class] -= n.N * u.n
		}
		free -= u.n
		slices.SortFunc(u.counts, func(a, b model.Count) int { return a.Class - b.Class })
		made = append(made, u)
	}
	return made, free
}

// allOnOne makes one bundle of as many of the owners' pods as one node holds, at
// least one that satisfies its own rule: the large ones first, or the small ones.
func allOnOne(m *model.Model, owners, selves []int, rest []int64) []bundle {
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
	return []bundle{{counts: best, n: 1}}
}

// filledBy returns what bin b holds of the classes in this order, and how many pods.
func filledBy(m *model.Model, b int, order []int, rest []int64) (counts []model.Count, pods int64) {
	node := model.NewFilling(m)
	node.Empty(b)
	for _, c := range order {
		if !m.Bins[b].Admits.Has(c) {
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
	if at := slices.IndexFunc(out, func(c int) bool { return m.Bins[b].Admits.Has(c) && self[c] }); at > 0 {
		first := out[at]
		out = slices.Insert(slices.Delete(out, at, at+1), 0, first)
	}
	return out
}

// heldSomewhere reports whether some launch holds the pods together.
func heldSomewhere(m *model.Model, counts []model.Count) bool {
	for b := range m.Bins {
		if m.Launches(b, m.Caps, 1) > 0 && m.Fits(b, counts) {
			return true
		}
	}
	return false
}
