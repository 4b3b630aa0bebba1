package cells

import (
	"slices"

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
	for _, r := range nodeRules(m) {
		bundles = bundlePartners(m, r, rest, bundles)
	}
	for c, n := range rest {
		if n > 0 && nodeRule(m, c) < 0 {
			bundles = append(bundles, bundle{counts: []model.Count{{Class: c, N: 1}}, n: n})
		}
	}
	return bundles
}

// nodeRules returns the affinity rules over single nodes. Each comes after the rules by
// which its partners need partners themselves, unless they need each other.
func nodeRules(m *model.Model) []int {
	var rest, out []int
	for r := range m.Rules {
		if m.Rules[r].ByNode() {
			rest = append(rest, r)
		}
	}
	waits := func(r int) bool {
		for c := range m.Classes {
			if needs := nodeRule(m, c); needs != r && slices.Contains(rest, needs) && slices.Contains(m.Classes[c].InRules, r) {
				return true
			}
		}
		return false
	}
	for len(rest) > 0 {
		at := max(0, slices.IndexFunc(rest, func(r int) bool { return !waits(r) }))
		out = append(out, rest[at])
		rest = slices.Delete(rest, at, at+1)
	}
	return out
}

// nodeRule returns the rule by which a class needs a partner on its node, or -1.
func nodeRule(m *model.Model, c int) int {
	for _, r := range m.Classes[c].OwnsRules {
		if m.Rules[r].ByNode() {
			return r
		}
	}
	return -1
}

// anchor returns the class of the pod to which the others of a bundle are attached, or -1.
func (u *bundle) anchor(m *model.Model) int {
	for _, n := range u.counts {
		if len(u.counts) > 1 && nodeRule(m, n.Class) < 0 {
			return n.Class
		}
	}
	return -1
}

// bundlePartners adds bundles for the owners of rule r, and takes their pods out of rest.
// Partners are, in order: pods without a co-location rule or already in a bundle; pods on
// existing nodes; the owners themselves, all on one node.
func bundlePartners(m *model.Model, r int, rest []int64, bundles []bundle) []bundle {
	var owners, anchors, selves []int
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
// least one that satisfies its own rule.
func allOnOne(m *model.Model, owners, selves []int, rest []int64) []bundle {
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
	return []bundle{{counts: best, n: 1}}
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
