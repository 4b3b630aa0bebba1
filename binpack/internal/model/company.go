package model

import "slices"

// Companyless reports, per class, whether no solution has pods of it, as a rule Together keeps them waiting for company that never
// comes: no member is there before any launch, and each class of members waits itself. Pods that are members of their own rule may
// be the first.
func (m *Model) Companyless() []bool {
	waits := make([]bool, len(m.Classes))
	for c := range waits {
		waits[c] = true
	}
	for found := true; found; {
		found = false
		for c := range m.Classes {
			if waits[c] && !slices.ContainsFunc(m.Classes[c].OwnsRules, func(r int) bool { return m.alone(c, r, waits) }) {
				waits[c], found = false, true
			}
		}
	}
	return waits
}

// alone reports whether a rule keeps the pods of a class waiting, where some classes wait.
func (m *Model) alone(class, rule int, waits []bool) bool {
	r := &m.Rules[rule]
	if r.Kind != Together || slices.ContainsFunc(r.Before, func(n int64) bool { return n > 0 }) {
		return false
	}
	for o := range m.Classes {
		if (o == class || !waits[o]) && slices.Contains(m.Classes[o].InRules, rule) {
			return false
		}
	}
	return true
}
