package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A want is that of the bundles of an assignment: a member of a rule Together in one of the
// domains where they can be. So their partners, which choose their cells before them, do
// not go where they cannot follow.
type want struct {
	*assignment
	rule    int
	domains []int
}

// want notes what the bundles of the assignments want.
func (st *state) want(all []*assignment) {
	for _, d := range all {
		for _, r := range owned(st.m, &d.bundle) {
			if st.m.Rules[r].Kind != model.Together || st.m.Rules[r].ByNode() {
				continue
			}
			w := want{assignment: d, rule: r}
			for _, c := range d.cells {
				w.domains = append(w.domains, c.of(d.rules, r))
			}
			st.wants = append(st.wants, w)
		}
	}
}

// of returns the cell's domain of a rule, one of those that tell the cells apart.
func (c *cell) of(rules []int, r int) int {
	if i := slices.Index(rules, r); i >= 0 {
		return c.domain[i]
	}
	return model.NoDomain
}

// dependents returns how many bundles of other assignments, without a partner yet, would
// have one in a bundle of d in the cell.
func (st *state) dependents(d *assignment, c *cell) int64 {
	sum := int64(0)
	for _, w := range st.wants {
		_, members := st.roles(&d.bundle, w.rule)
		if w.assignment != d && members > 0 && slices.Contains(w.domains, c.of(d.rules, w.rule)) && !st.satisfied(&w) {
			sum += w.bundle.n
		}
	}
	return sum
}

func (st *state) satisfied(w *want) bool {
	return slices.ContainsFunc(w.domains, func(d int) bool { return d >= 0 && st.members[w.rule][d] > 0 })
}
