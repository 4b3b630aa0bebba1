package cells

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A state is what is placed so far, rule by rule and domain by domain.
type state struct {
	m       *model.Model
	members [][]int64
	owners  [][]int64
	total   []int64 // members of each rule, in whichever domain
}

func newState(m *model.Model) *state {
	st := &state{m: m, total: make([]int64, len(m.Rules))}
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

// A cell is bins that no rule of a unit tells apart.
type cell struct {
	domain []int // per rule of the unit
	bins   []int
	cost   float64 // about what a unit costs there
	most   int64   // units that fit
}

// cellsOf returns the cells of a unit, the cheapest first, and the rules that
// tell them apart.
func (st *state) cellsOf(u *unit, most Most) (cells []*cell, rules []int) {
	rules = st.rulesOf(u)
	for b := range st.m.Bins {
		n := st.fits(u, b)
		if n == 0 {
			continue
		}
		domain := make([]int, len(rules))
		for i, r := range rules {
			domain[i] = st.m.Rules[r].Domain[b]
		}
		at := slices.IndexFunc(cells, func(c *cell) bool { return slices.Equal(c.domain, domain) })
		if at < 0 {
			at = len(cells)
			cells = append(cells, &cell{domain: domain, cost: math.Inf(1)})
		}
		c := cells[at]
		c.bins = append(c.bins, b)
		c.cost = min(c.cost, float64(st.m.Bins[b].Price)/float64(n))
		c.most = add(c.most, st.room(b, n))
	}
	for _, c := range cells {
		c.most = min(c.most, most.of(u, c))
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

// rulesOf returns the rules over domains that the unit's pods own or are members
// of, sorted; not those about single nodes, for which units are made.
func (st *state) rulesOf(u *unit) []int {
	var rules []int
	for _, n := range u.counts {
		rules = append(rules, st.m.Classes[n.Class].OwnsRules...)
		rules = append(rules, st.m.Classes[n.Class].InRules...)
	}
	slices.Sort(rules)
	return slices.DeleteFunc(slices.Compact(rules), func(r int) bool { return st.m.Rules[r].ByNode() })
}

// fits returns how many units an empty bin holds.
func (st *state) fits(u *unit, b int) int64 {
	if u.bins != nil && !u.bins[b] {
		return 0
	}
	if len(u.counts) == 1 && u.counts[0].N == 1 {
		return st.m.MostOf(u.counts[0].Class, b)
	}
	if st.m.Holds(b, u.counts) {
		return 1
	}
	return 0
}

// room returns how many units all launches of a bin hold that its caps allow,
// if nothing else is there.
func (st *state) room(b int, perNode int64) int64 {
	launches := st.m.Launches(b, st.m.Caps, math.MaxInt64)
	if launches > math.MaxInt64/perNode {
		return math.MaxInt64
	}
	return launches * perNode
}

func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// place gives the units to cells, and returns how many each has.
func (st *state) place(u unit, most Most) []placed {
	cells, rules := st.cellsOf(&u, most)
	in := make([]int64, len(cells))
	rest := u.n
	give := func(i int, n int64) {
		in[i] += n
		rest -= n
		st.add(&u, rules, cells[i], n)
	}
	for rest > 0 {
		if n := st.together(&u, rules, cells, in, rest); n > 0 {
			for i := range cells {
				give(i, n)
			}
			continue
		}
		best, room := -1, int64(0)
		for i, c := range cells {
			n := min(st.allowed(&u, rules, c), c.most-in[i], rest)
			if n > 0 && (best < 0 || c.cost == cells[best].cost && st.fewer(rules, c, cells[best])) {
				best, room = i, n
			}
		}
		if best < 0 {
			break
		}
		give(best, room)
	}
	var out []placed
	for i, n := range in {
		if n > 0 {
			out = append(out, placed{u, cells[i], n})
		}
	}
	return out
}

// bulk is the number of units per cell from which on all cells get some at once.
const bulk = 8

// together returns how many units each cell may get at once, 0 where they are
// too few or not all cells may: a step that saves many of the others.
func (st *state) together(u *unit, rules []int, cells []*cell, in []int64, rest int64) int64 {
	if len(cells) < 2 || rest < bulk*int64(len(cells)) {
		return 0
	}
	for i := range rules { // each cell must be a domain of its own
		for k := range cells {
			for l := range k {
				if cells[k].domain[i] == cells[l].domain[i] {
					return 0
				}
			}
		}
	}
	n := rest/int64(len(cells)) - 1
	for i, c := range cells {
		if n = min(n, c.most-in[i]); n <= 0 || st.allowed(u, rules, c) == 0 {
			return 0
		}
	}
	for _, c := range cells {
		st.add(u, rules, c, n)
	}
	holds := true
	for _, c := range cells {
		holds = holds && st.holds(rules, c)
	}
	for _, c := range cells {
		st.add(u, rules, c, -n)
	}
	if !holds {
		return 0
	}
	return n
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

// add notes n units in a cell.
func (st *state) add(u *unit, rules []int, c *cell, n int64) {
	for i, r := range rules {
		if d := c.domain[i]; d >= 0 {
			owners, members := st.roles(u, r)
			st.owners[r][d] += n * owners
			st.members[r][d] += n * members
			st.total[r] += n * members
		}
	}
}

// roles returns how many of a unit's pods own a rule, and how many are members.
func (st *state) roles(u *unit, r int) (owners, members int64) {
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

// allowed returns how many units may join a cell.
func (st *state) allowed(u *unit, rules []int, c *cell) int64 {
	limit := int64(math.MaxInt64)
	for i, r := range rules {
		owners, members := st.roles(u, r)
		limit = min(limit, st.allowedBy(r, c.domain[i], owners, members))
	}
	return limit
}

// allowedBy returns how many units with so many owners and members of a rule may
// join a domain.
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
	rest := rule.Most - st.members[r][d]
	switch rule.Kind {
	case model.Together:
		if owners == 0 || st.members[r][d] > 0 || st.total[r] == 0 && members > 0 {
			return math.MaxInt64
		}
		return 0
	case model.Spread:
		rest += st.fewest(r, d)
	}
	switch {
	case members > 0:
		return max(rest/members, 0)
	case rest < 0:
		return 0
	}
	return math.MaxInt64
}

// fewest returns the fewest members of the domains of a rule, but for d, which
// may get more.
func (st *state) fewest(r, d int) int64 {
	if st.m.Rules[r].Sparse {
		return 0
	}
	least := int64(math.MaxInt64 / 2)
	for e, n := range st.members[r] {
		if e != d {
			least = min(least, n)
		}
	}
	return least
}

// holds reports whether the rules hold in the domains of a cell.
func (st *state) holds(rules []int, c *cell) bool {
	for i, r := range rules {
		if d := c.domain[i]; d >= 0 && st.owners[r][d] > 0 && st.allowedBy(r, d, 1, 0) == 0 {
			return false
		}
	}
	return true
}
