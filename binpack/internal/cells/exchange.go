package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxCellsExchanged bounds the cells of bundles that are exchanged: three of them are
// looked at together.
const maxCellsExchanged = 24

// exchange makes room for one more bundle where no cell may have one: another bundle
// goes to another cell. It reports whether there is such an exchange.
func (st *state) exchange(d *assignment) bool {
	if len(d.cells) > maxCellsExchanged || st.owns(&d.bundle, model.Together) {
		return false
	}
	for from := range d.cells {
		if d.in[from] == 0 {
			continue
		}
		st.give(d, from, -1)
		for to := range d.cells {
			if to == from || d.in[to] == d.cells[to].most {
				continue
			}
			st.give(d, to, 1)
			for more := range d.cells {
				if more == from || d.in[more] == d.cells[more].most {
					continue
				}
				st.give(d, more, 1)
				if st.rulesMet(d.rules) && st.inDomains(&d.bundle, d.rules, d.cells[to], d.cells[more]) {
					return true
				}
				st.give(d, more, -1)
			}
			st.give(d, to, -1)
		}
		st.give(d, from, 1)
	}
	return false
}

// inDomains reports whether the cells are of the domains that the bundle's rules ask
// for.
func (st *state) inDomains(u *bundle, rules []int, cells ...*cell) bool {
	for i, r := range rules {
		owners, _ := st.roles(u, r)
		missing := func(c *cell) bool { return c.domain[i] < 0 }
		if owners > 0 && st.m.Rules[r].Kind == model.Spread && slices.ContainsFunc(cells, missing) {
			return false
		}
	}
	return true
}

// rulesMet reports whether the rules, none of them Together, hold in all domains.
func (st *state) rulesMet(rules []int) bool {
	for _, r := range rules {
		for d, owners := range st.owners[r] {
			if owners > 0 && st.roomIn(r, d) < 0 {
				return false
			}
		}
	}
	return true
}
