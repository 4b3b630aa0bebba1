package cells

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// An assignment says how many bundles of one kind each cell gets.
type assignment struct {
	bundle bundle
	rules  []int // that tell the cells apart
	cells  []*cell
	in     []int64 // bundles in each cell
	rest   int64   // bundles without one
}

// assignAll gives all bundles to cells. A gang with a bundle that finds no cell is left out, and all
// others are assigned anew. When ctx ends, bundles are left without a cell.
func assignAll(ctx context.Context, m *model.Model, most Most) []*assignment {
	out, needs := make([]bool, m.Gangs+1), nodeRuleOf(m)
	for {
		st := newState(m)
		var all []*assignment
		for _, u := range bundlesOf(m, out) {
			if ctx.Err() != nil {
				break
			}
			all = append(all, st.newAssignment(u, most))
		}
		st.want(all)
		st.order(all)
		st.placeAll(ctx, all)
		for _, d := range all { // an anchor whose followers find no cell goes alone
			if h := d.bundle.anchor(needs); h >= 0 && d.rest > 0 {
				all = append(all, st.newAssignment(bundle{counts: []model.Count{{Class: h, N: 1}}, n: d.rest}, most))
				d.bundle.n, d.rest = d.bundle.n-d.rest, 0
			}
		}
		st.placeAll(ctx, all)
		(&roomMaker{st, all}).run(ctx)
		g := partial(m, all, out)
		if g == 0 || ctx.Err() != nil {
			return all
		}
		out[g] = true
	}
}

// partial returns a gang that is not out and has pods without a cell, one
// of the lowest priority; 0: there is none.
func partial(m *model.Model, all []*assignment, out []bool) int {
	rest := model.Solution{}.Left(m)
	for _, d := range all {
		for _, n := range d.bundle.counts {
			rest[n.Class] -= n.N * (d.bundle.n - d.rest)
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

// order puts the assignments in the order in which bundles choose their cells: those that
// need a partner after those that do not, which may be partners; then the higher
// priority, then those with the fewest cells to choose from, then the more numerous.
func (st *state) order(all []*assignment) {
	needy := func(d *assignment) int {
		if st.owns(&d.bundle, model.Together) {
			return 1
		}
		return 0
	}
	level := func(d *assignment) int {
		level := math.MaxInt
		for _, n := range d.bundle.counts {
			level = min(level, st.m.Classes[n.Class].Level)
		}
		return level
	}
	slices.SortStableFunc(all, func(a, b *assignment) int {
		return cmp.Or(cmp.Compare(needy(a), needy(b)), cmp.Compare(level(a), level(b)),
			cmp.Compare(len(a.cells), len(b.cells)), -cmp.Compare(a.bundle.n, b.bundle.n))
	})
}

// owned returns the rules that pods of the bundle own.
func owned(m *model.Model, u *bundle) []int {
	var rules []int
	for _, n := range u.counts {
		rules = append(rules, m.Classes[n.Class].OwnsRules...)
	}
	return rules
}

// newAssignment returns an assignment that gives no cell any bundle yet.
func (st *state) newAssignment(u bundle, most Most) *assignment {
	d := &assignment{bundle: u, rest: u.n}
	d.cells, d.rules = st.cellsOf(&u, most)
	d.in = make([]int64, len(d.cells))
	return d
}

// placeAll gives cells as many bundles of all assignments as the rules allow. What is left
// may find later that a partner has come, or that emptier domains have filled.
func (st *state) placeAll(ctx context.Context, all []*assignment) {
	for again := true; again; {
		again = false
		for _, d := range all {
			again = st.place(ctx, d) || again
		}
	}
}

// place gives cells as many of the bundles as the rules allow now, and reports
// whether that is any.
func (st *state) place(ctx context.Context, d *assignment) bool {
	before := d.rest
	for d.rest > 0 && ctx.Err() == nil {
		if n := st.allAtOnce(&d.bundle, d.rules, d.cells, d.in, d.rest); n > 0 {
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

// give puts n bundles into a cell.
func (st *state) give(d *assignment, cell int, n int64) {
	d.in[cell] += n
	d.rest -= n
	st.add(&d.bundle, d.rules, d.cells[cell], n)
}

// next returns the cell that gets the next bundles, and how many: one that a pool has which
// comes before others, as far as its limits allow; else the cheapest, among
// the cheapest the emptiest. Where the first bundles bind all others to their domain, it
// is the cell that most of the others can be in; and a bundle that others want as a
// partner goes where most of them can follow.
func (st *state) next(d *assignment) (cell int, n int64) {
	opens, most, first, roles := st.opensDomain(&d.bundle), int64(0), st.m.Ranks, st.rolesIn(&d.bundle, d.rules, d.cells)
	waits := false
	for i, c := range d.cells {
		rank, room := c.turn(d.in[i], st.m.Ranks)
		waits = waits || rank < st.m.Ranks
		k := min(st.allowed(roles, d.rules, c), c.most-d.in[i], d.rest, room)
		if k <= 0 {
			continue
		}
		dependents := st.dependents(d, c)
		switch {
		case opens:
			dependents += k
		case dependents > 0:
			k = 1
		}
		better := dependents > most || dependents == most && !opens && c.cost == d.cells[cell].cost && st.fewer(d.rules, c, d.cells[cell])
		if n == 0 || rank < first || rank == first && better {
			cell, n, most, first = i, k, dependents, rank
		}
	}
	if (cell > 0 || waits) && st.owns(&d.bundle, model.Spread) {
		n = min(n, 1) // a cheaper one may have the next, or one whose turn it is
	}
	return cell, n
}

// alike returns the cells that come next after one that gets n bundles, one bundle each:
// at the same cost, and with as many members. It saves asking for the next again and again.
func (st *state) alike(d *assignment, cell int, n int64) []int {
	if n > 1 || len(st.wants) > 0 || !st.owns(&d.bundle, model.Spread) {
		return nil
	}
	var out []int
	from := d.cells[cell]
	if rank, _ := from.turn(d.in[cell], st.m.Ranks); rank < st.m.Ranks {
		return nil
	}
	for i := cell + 1; i < len(d.cells) && int64(len(out)) < d.rest-1; i++ {
		if c := d.cells[i]; c.cost == from.cost && !st.fewer(d.rules, c, from) && !st.fewer(d.rules, from, c) {
			out = append(out, i)
		}
	}
	return out
}

// giveEach puts one bundle into each of the cells that may have one.
func (st *state) giveEach(d *assignment, cells []int) {
	if len(cells) == 0 {
		return
	}
	roles := st.rolesIn(&d.bundle, d.rules, d.cells)
	for _, i := range cells {
		if c := d.cells[i]; d.in[i] < c.most && st.allowed(roles, d.rules, c) > 0 {
			st.give(d, i, 1)
		}
	}
}

// owns reports whether pods of the bundle own a rule of the kind.
func (st *state) owns(u *bundle, kind model.RuleKind) bool {
	return slices.ContainsFunc(owned(st.m, u), func(r int) bool { return st.m.Rules[r].Kind == kind })
}

// opensDomain reports whether the bundle would be the first of a rule Together of its
// own.
func (st *state) opensDomain(u *bundle) bool {
	return slices.ContainsFunc(owned(st.m, u), func(r int) bool {
		return st.m.Rules[r].Kind == model.Together && !st.m.Rules[r].ByNode() && st.total[r] == 0
	})
}

// bulk is the number of bundles per cell from which on all cells get some at once.
const bulk = 8

// allAtOnce returns how many bundles each cell may get at once, 0 where they are
// too few or not all cells may, or where nothing asks them to spread: a step that saves
// many of the others.
func (st *state) allAtOnce(u *bundle, rules []int, cells []*cell, in []int64, rest int64) int64 {
	if len(cells) < 2 || rest < bulk*int64(len(cells)) || !st.owns(u, model.Spread) || st.opensDomain(u) {
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
	n, roles := rest/int64(len(cells))-1, st.rolesIn(u, rules, cells)
	for i, c := range cells {
		if n = min(n, c.most-in[i]); n <= 0 || st.allowed(roles, rules, c) == 0 {
			return 0
		}
	}
	for _, c := range cells {
		st.add(u, rules, c, n)
	}
	met := st.rulesMet(rules)
	for _, c := range cells {
		st.add(u, rules, c, -n)
	}
	if !met {
		return 0
	}
	return n
}
