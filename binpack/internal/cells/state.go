package cells

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A state is what is placed so far, rule by rule and domain by domain.
type state struct {
	m       *model.Model
	owned   []bool // per rule: some class owns it; others bind nobody
	members [][]int64
	owners  [][]int64
	total   []int64        // members of each rule, in whichever domain
	fewest  []model.Fewest // of the members of each rule, unless it is stale
	stale   []bool
	wants   []want
}

func newState(m *model.Model) *state {
	st := &state{m: m, owned: make([]bool, len(m.Rules)), total: make([]int64, len(m.Rules)), fewest: make([]model.Fewest, len(m.Rules)), stale: slices.Repeat([]bool{true}, len(m.Rules))}
	for c := range m.Classes {
		for _, r := range m.Classes[c].OwnsRules {
			st.owned[r] = true
		}
	}
	for r := range m.Rules {
		before := m.Rules[r].Before
		st.members = append(st.members, slices.Clone(before))
		st.owners = append(st.owners, make([]int64, len(before)))
		for _, n := range before {
			st.total[r] += n
		}
	}
	return st
}

// A cell is bins that no rule of a bundle tells apart.
type cell struct {
	domain []int // per rule of the bundle
	bins   []int
	cost   float64 // about what a bundle costs there
	most   int64   // bundles that fit
	ahead  []ahead // pools that come before others, in the order of their ranks
}

// cellsOf returns the cells of a bundle, the cheapest first, and the rules that
// tell them apart.
func (st *state) cellsOf(u *bundle, most Most) (cells []*cell, rules []int) {
	rules = st.rulesOf(u)
	index := map[string]*cell{} // by domains
	var key []byte
	for b := range st.m.Bins {
		n := st.fits(u, b)
		if n == 0 {
			continue
		}
		key = key[:0]
		for _, r := range rules {
			key = binary.AppendVarint(key, int64(st.m.Rules[r].Domain[b]))
		}
		c, known := index[string(key)]
		if !known {
			c = &cell{domain: make([]int, len(rules)), cost: math.Inf(1)}
			for i, r := range rules {
				c.domain[i] = st.m.Rules[r].Domain[b]
			}
			index[string(key)] = c
			cells = append(cells, c)
		}
		c.bins = append(c.bins, b)
		c.cost = min(c.cost, float64(st.m.Bins[b].Price)/float64(n))
		c.most = arith.Add(c.most, st.room(b, n))
	}
	for _, c := range cells {
		c.most = min(c.most, most.of(u, c))
		c.ahead = aheadIn(st, u, c)
	}
	slices.SortStableFunc(cells, func(a, b *cell) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return slices.Compare(a.domain, b.domain)
	})
	return cells, rules
}

// rulesOf returns the rules over domains that the bundle's pods own or are members
// of, sorted; not those about single nodes, for which bundles are made, nor those of pods
// that no node holds.
func (st *state) rulesOf(u *bundle) []int {
	var rules []int
	for _, n := range u.counts {
		rules = append(rules, st.m.Classes[n.Class].OwnsRules...)
		rules = append(rules, st.m.Classes[n.Class].InRules...)
	}
	slices.Sort(rules)
	return slices.DeleteFunc(slices.Compact(rules), func(r int) bool { return !st.owned[r] || st.m.Rules[r].ByNode() })
}

// fits returns how many bundles an empty bin holds.
func (st *state) fits(u *bundle, b int) int64 {
	if u.bins != nil && !u.bins[b] {
		return 0
	}
	if len(u.counts) == 1 && u.counts[0].N == 1 {
		return st.m.MostOf(u.counts[0].Class, b)
	}
	if st.m.Fits(b, u.counts) {
		return 1
	}
	return 0
}

// room returns how many bundles all launches of a bin hold that its caps allow,
// if nothing else is there.
func (st *state) room(b int, perNode int64) int64 {
	launches := st.m.Launches(b, st.m.Caps, math.MaxInt64)
	if launches > math.MaxInt64/perNode {
		return math.MaxInt64
	}
	return launches * perNode
}

// fewer reports whether the domains of a have fewer members than those of b.
func (st *state) fewer(rules []int, a, b *cell) bool {
	for i, r := range rules {
		if a.domain[i] >= 0 && b.domain[i] >= 0 && st.members[r][a.domain[i]] != st.members[r][b.domain[i]] {
			return st.members[r][a.domain[i]] < st.members[r][b.domain[i]]
		}
	}
	return false
}

// add notes n bundles in a cell.
func (st *state) add(u *bundle, rules []int, c *cell, n int64) {
	for i, r := range rules {
		if d := c.domain[i]; d >= 0 {
			owners, members := st.roles(u, r)
			st.owners[r][d] += n * owners
			if more := n * members; more != 0 && !st.stale[r] {
				known := false
				st.fewest[r], known = st.fewest[r].Grown(d, st.members[r][d], more)
				st.stale[r] = !known
			}
			st.members[r][d] += n * members
			st.total[r] += n * members
		}
	}
}

// roles returns how many of a bundle's pods own a rule, and how many are members.
func (st *state) roles(u *bundle, r int) (owners, members int64) {
	for _, n := range u.counts {
		if slices.Contains(st.m.Classes[n.Class].OwnsRules, r) {
			owners += n.N
		}
		if slices.Contains(st.m.Classes[n.Class].InRules, r) {
			members += n.N
		}
	}
	return owners, members
}

// A role is how many of a bundle's pods own a rule, and how many are members as far as the
// rule asks for their room.
type role struct{ owners, members int64 }

// rolesIn returns the roles of a bundle in rules, given its cells. It is no first where it can
// have a partner, as the scheduler decides who comes first.
func (st *state) rolesIn(u *bundle, rules []int, cells []*cell) []role {
	out := make([]role, len(rules))
	met := func(r int) bool {
		has := func(c *cell) bool { d := c.of(rules, r); return d >= 0 && st.members[r][d] > 0 }
		return st.m.Rules[r].Kind == model.Together && st.total[r] > 0 && (!st.awaitsFirst(r) || slices.ContainsFunc(cells, has))
	}
	first := !slices.ContainsFunc(owned(st.m, u), met)
	for i, r := range rules {
		owners, members := st.roles(u, r)
		if st.m.Rules[r].Kind == model.Together && !(first && st.ownPartner(u, r)) {
			members = 0 // none of them is the first
		}
		out[i] = role{owners, members}
	}
	return out
}

// allowed returns how many units with these roles may join a cell.
func (st *state) allowed(roles []role, rules []int, c *cell) int64 {
	limit := int64(math.MaxInt64)
	for i, r := range rules {
		limit = min(limit, st.allowedBy(r, c.domain[i], roles[i].owners, roles[i].members))
	}
	return limit
}

// roomIn returns how many more members a rule allows in a domain.
func (st *state) roomIn(r, d int) int64 {
	if st.stale[r] {
		st.fewest[r], st.stale[r] = st.m.Rules[r].Fewest(st.members[r]), false
	}
	return st.m.Rules[r].RoomBeside(st.members[r][d], st.fewest[r], d)
}

// awaitsFirst reports whether an owner of a rule Together may be the first of its members:
// there are none, or they can come after it, as none of them owns the rule.
func (st *state) awaitsFirst(r int) bool {
	some := func(n int64) bool { return n > 0 }
	return st.total[r] == 0 || !slices.ContainsFunc(st.m.Rules[r].Before, some) && !slices.ContainsFunc(st.owners[r], some)
}

// ownPartner reports whether a pod of the bundle is a member of a rule that it owns.
func (st *state) ownPartner(u *bundle, r int) bool {
	return slices.ContainsFunc(u.counts, func(n model.Count) bool {
		return slices.Contains(st.m.Classes[n.Class].OwnsRules, r) && slices.Contains(st.m.Classes[n.Class].InRules, r)
	})
}

// allowedBy returns how many bundles, each with owners owners and members members of rule
// r, may join domain d.
func (st *state) allowedBy(r, d int, owners, members int64) int64 {
	rule := &st.m.Rules[r]
	if d < 0 {
		if owners > 0 && rule.Kind != model.Apart {
			return 0
		}
		return math.MaxInt64
	}
	if owners == 0 && st.owners[r][d] == 0 {
		return math.MaxInt64
	}
	if rule.Kind == model.Together {
		if owners == 0 || st.members[r][d] > 0 || members > 0 && st.awaitsFirst(r) {
			return math.MaxInt64
		}
		return 0
	}
	switch rest := st.roomIn(r, d); {
	case members > 0:
		return max(rest/members, 0)
	case rest < 0:
		return 0
	}
	return math.MaxInt64
}
