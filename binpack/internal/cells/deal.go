package cells

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A deal is how the units are dealt to cells.
type deal struct {
	unit  unit
	rules []int // that tell the cells apart
	cells []*cell
	in    []int64 // units in each cell
	rest  int64   // units without one
}

// dealAll gives all units to cells. A gang of which some find none is left out, and all
// others are dealt anew.
func dealAll(ctx context.Context, m *model.Model, most Most) []*deal {
	out, needs := make([]bool, m.Gangs+1), needsOf(m)
	for {
		st := newState(m)
		var deals []*deal
		for _, u := range unitsOf(m, out) {
			if ctx.Err() != nil {
				break
			}
			deals = append(deals, st.deal(u, most))
		}
		st.want(deals)
		st.order(deals)
		st.placeAll(ctx, deals)
		for _, d := range deals { // whose guests find no cell goes alone
			if h := d.unit.host(needs); h >= 0 && d.rest > 0 {
				deals = append(deals, st.deal(unit{counts: []model.Count{{Class: h, N: 1}}, n: d.rest}, most))
				d.unit.n, d.rest = d.unit.n-d.rest, 0
			}
		}
		st.placeAll(ctx, deals)
		g := partial(m, deals, out)
		if g == 0 || ctx.Err() != nil {
			return deals
		}
		out[g] = true
	}
}

// partial returns a gang that is not out and of which some pods have no cell, one
// of the lowest priority; 0: there is none.
func partial(m *model.Model, deals []*deal, out []bool) int {
	rest := model.Solution{}.Left(m)
	for _, d := range deals {
		for _, n := range d.unit.counts {
			rest[n.Class] -= n.N * (d.unit.n - d.rest)
		}
	}
	worst, level := 0, -1
	for c, n := range rest {
		if class := &m.Classes[c]; n > 0 && class.Gang > 0 && !out[class.Gang] && class.Level >= level {
			worst, level = class.Gang, class.Level
		}
	}
	return worst
}

// order puts the deals in the order in which units choose their cells: those that
// need company after those that do not, which may be it; then the higher priority,
// then who has least to choose from, then the more numerous.
func (st *state) order(deals []*deal) {
	needy := func(d *deal) int {
		if st.owns(&d.unit, model.Together) {
			return 1
		}
		return 0
	}
	level := func(d *deal) int {
		level := math.MaxInt
		for _, n := range d.unit.counts {
			level = min(level, st.m.Classes[n.Class].Level)
		}
		return level
	}
	slices.SortStableFunc(deals, func(a, b *deal) int {
		return cmp.Or(cmp.Compare(needy(a), needy(b)), cmp.Compare(level(a), level(b)),
			cmp.Compare(len(a.cells), len(b.cells)), -cmp.Compare(a.unit.n, b.unit.n))
	})
}

// owned returns the rules that pods of the unit own.
func owned(m *model.Model, u *unit) []int {
	var rules []int
	for _, n := range u.counts {
		rules = append(rules, m.Classes[n.Class].OwnsRules...)
	}
	return rules
}

// deal returns a deal that gives no cell any unit yet.
func (st *state) deal(u unit, most Most) *deal {
	d := &deal{unit: u, rest: u.n}
	d.cells, d.rules = st.cellsOf(&u, most)
	d.in = make([]int64, len(d.cells))
	return d
}

// placeAll gives cells as many units of all deals as the rules allow. Who is left
// may find later that company has come, or that emptier domains have filled.
func (st *state) placeAll(ctx context.Context, deals []*deal) {
	for again := true; again; {
		again = false
		for _, d := range deals {
			again = st.place(ctx, d) || again
		}
	}
}

// place gives cells as many of the units as the rules allow now, and reports
// whether that is any.
func (st *state) place(ctx context.Context, d *deal) bool {
	before := d.rest
	for d.rest > 0 && ctx.Err() == nil {
		if n := st.together(&d.unit, d.rules, d.cells, d.in, d.rest); n > 0 {
			for i := range d.cells {
				st.give(d, i, n)
			}
			continue
		}
		if i, n := st.next(d); n > 0 {
			alike := st.alike(d, i, n)
			st.give(d, i, n)
			st.giveEach(d, alike)
		} else if !st.exchange(d) {
			break
		}
	}
	return d.rest < before
}

// give puts n units into a cell.
func (st *state) give(d *deal, cell int, n int64) {
	d.in[cell] += n
	d.rest -= n
	st.add(&d.unit, d.rules, d.cells[cell], n)
}

// next returns the cell that gets the next units, and how many: the cheapest, of
// such the emptiest. But where the first ones bind all others to their domain it is
// the one that most of these can be in; and a unit that others want as company goes
// where most of them can follow.
func (st *state) next(d *deal) (cell int, n int64) {
	first, most, roles := st.first(&d.unit), int64(0), st.rolesIn(&d.unit, d.rules)
	for i, c := range d.cells {
		k := min(st.allowed(roles, d.rules, c), c.most-d.in[i], d.rest)
		if k <= 0 {
			continue
		}
		follow := st.follow(d, c)
		switch {
		case first:
			follow += k
		case follow > 0:
			k = 1
		}
		if n == 0 || follow > most || follow == most && !first && c.cost == d.cells[cell].cost && st.fewer(d.rules, c, d.cells[cell]) {
			cell, n, most = i, k, follow
		}
	}
	if cell > 0 && st.owns(&d.unit, model.Spread) {
		n = min(n, 1) // a cheaper one may have the next
	}
	return cell, n
}

// alike returns the cells that come next after one that gets n units, one unit each: at
// the same cost, and with as many members. It saves asking for the next again and again.
func (st *state) alike(d *deal, cell int, n int64) []int {
	if n > 1 || len(st.wants) > 0 || !st.owns(&d.unit, model.Spread) {
		return nil
	}
	var out []int
	from := d.cells[cell]
	for i := cell + 1; i < len(d.cells) && int64(len(out)) < d.rest-1; i++ {
		if c := d.cells[i]; c.cost == from.cost && !st.fewer(d.rules, c, from) && !st.fewer(d.rules, from, c) {
			out = append(out, i)
		}
	}
	return out
}

// giveEach puts one unit into each of the cells that may have one.
func (st *state) giveEach(d *deal, cells []int) {
	if len(cells) == 0 {
		return
	}
	roles := st.rolesIn(&d.unit, d.rules)
	for _, i := range cells {
		if c := d.cells[i]; d.in[i] < c.most && st.allowed(roles, d.rules, c) > 0 {
			st.give(d, i, 1)
		}
	}
}

// owns reports whether pods of the unit own a rule of the kind.
func (st *state) owns(u *unit, kind model.RuleKind) bool {
	return slices.ContainsFunc(owned(st.m, u), func(r int) bool { return st.m.Rules[r].Kind == kind })
}

// first reports whether the unit would be the first of a rule Together of its
// own.
func (st *state) first(u *unit) bool {
	return slices.ContainsFunc(owned(st.m, u), func(r int) bool {
		return st.m.Rules[r].Kind == model.Together && !st.m.Rules[r].ByNode() && st.total[r] == 0
	})
}

// bulk is the number of units per cell from which on all cells get some at once.
const bulk = 8

// together returns how many units each cell may get at once, 0 where they are
// too few or not all cells may: a step that saves many of the others.
func (st *state) together(u *unit, rules []int, cells []*cell, in []int64, rest int64) int64 {
	if len(cells) < 2 || rest < bulk*int64(len(cells)) || st.first(u) {
		return 0
	}
	for i := range rules { // each cell must be a domain of its own
		seen := make(map[int]bool, len(cells))
		for _, c := range cells {
			if seen[c.domain[i]] {
				return 0
			}
			seen[c.domain[i]] = true
		}
	}
	n, roles := rest/int64(len(cells))-1, st.rolesIn(u, rules)
	for i, c := range cells {
		if n = min(n, c.most-in[i]); n <= 0 || st.allowed(roles, rules, c) == 0 {
			return 0
		}
	}
	for _, c := range cells {
		st.add(u, rules, c, n)
	}
	holds := st.holdAll(rules)
	for _, c := range cells {
		st.add(u, rules, c, -n)
	}
	if !holds {
		return 0
	}
	return n
}
