package cells

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxRooms bounds how often room is made for bundles without a cell.
const maxRooms = 200

// A roomMaker finds cells for bundles that have none, since others of whom a rule keeps them
// apart are in each of their domains: those leave one of these domains, as far as they find
// room elsewhere, where fewer pods are then left.
type roomMaker struct {
	st  *state
	all []*assignment
}

// run tries bundle after bundle, and takes back what does not help.
func (m *roomMaker) run(ctx context.Context) {
	st, all := m.st, m.all
	tries, rules := 0, make([]int, len(st.m.Rules))
	for r := range rules {
		rules[r] = r
	}
	for again := true; again && ctx.Err() == nil; {
		again = false
		for _, d := range all {
			if d.rest == 0 || !movable(st.m, d.rules) {
				continue
			}
			for _, c := range d.cells {
				if tries++; tries > maxRooms || ctx.Err() != nil {
					return
				}
				before, left := m.saved(), m.leftBy()
				if m.evict(d, c) && st.place(ctx, d) {
					st.placeAll(ctx, all)
					if slices.Compare(m.leftBy(), left) < 0 && st.rulesMet(rules) {
						again = true
						continue
					}
				}
				m.restore(before)
			}
		}
	}
}

// movable reports whether bundles with these rules can be moved one by one: not
// those of pods that others need as partners.
func movable(m *model.Model, rules []int) bool {
	return !slices.ContainsFunc(rules, func(r int) bool { return m.Rules[r].Kind == model.Together })
}

// evict takes bundles of whom a rule keeps d apart out of its domains in a cell, and
// reports whether there are some and all could go.
func (m *roomMaker) evict(d *assignment, c *cell) bool {
	st, all := m.st, m.all
	found := false
	for i, r := range d.rules {
		domain := c.domain[i]
		if st.m.Rules[r].Kind != model.Apart || domain < 0 {
			continue
		}
		owners, members := st.roles(&d.bundle, r)
		for _, e := range all {
			theirOwners, theirMembers := st.roles(&e.bundle, r)
			if e == d || (owners == 0 || theirMembers == 0) && (members == 0 || theirOwners == 0) {
				continue
			}
			for k, cell := range e.cells {
				if e.in[k] == 0 || cell.of(e.rules, r) != domain {
					continue
				}
				if !movable(st.m, e.rules) {
					return false
				}
				st.give(e, k, -e.in[k])
				found = true
			}
		}
	}
	return found
}

// leftBy returns how many pods without a cell there are of each level.
func (m *roomMaker) leftBy() []int64 {
	st, all := m.st, m.all
	left := make([]int64, len(st.m.Classes))
	for _, d := range all {
		for _, n := range d.bundle.counts {
			left[n.Class] += n.N * d.rest
		}
	}
	return st.m.ByLevel(left)
}

// placed is what is placed so far.
type placed struct {
	members, owners [][]int64
	total           []int64
	in              [][]int64
	rest            []int64
}

func (m *roomMaker) saved() placed {
	st, all := m.st, m.all
	p := placed{total: slices.Clone(st.total)}
	for r := range st.members {
		p.members, p.owners = append(p.members, slices.Clone(st.members[r])), append(p.owners, slices.Clone(st.owners[r]))
	}
	for _, d := range all {
		p.in, p.rest = append(p.in, slices.Clone(d.in)), append(p.rest, d.rest)
	}
	return p
}

func (m *roomMaker) restore(p placed) {
	st, all := m.st, m.all
	st.total = p.total
	for r := range st.members {
		st.members[r], st.owners[r], st.stale[r] = p.members[r], p.owners[r], true
	}
	for i, d := range all {
		d.in, d.rest = p.in[i], p.rest[i]
	}
}
