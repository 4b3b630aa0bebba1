package model

import "slices"

// Companyless reports, per class, whether no solution has pods of it, as a rule Together keeps them waiting for company that never
// comes: no member is there before any launch, and each class of members waits itself. Pods that are members of their own rule may
// be the first.
func (m *Model) Companyless() []bool {
	waits, owners := make([]int, len(m.Classes)), make([][]int, len(m.Rules)) // rules that each class waits for, and who waits for each
	var ready []int
	for c := range m.Classes {
		for _, r := range m.Classes[c].OwnsRules {
			some := slices.ContainsFunc(m.Rules[r].Before, func(n int64) bool { return n > 0 })
			if m.Rules[r].Kind == Together && !some && !slices.Contains(m.Classes[c].InRules, r) {
				owners[r] = append(owners[r], c)
				waits[c]++
			}
		}
		if waits[c] == 0 {
			ready = append(ready, c)
		}
	}
	for len(ready) > 0 {
		c := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, r := range m.Classes[c].InRules {
			for _, o := range owners[r] {
				if waits[o]--; waits[o] == 0 {
					ready = append(ready, o)
				}
			}
			owners[r] = nil
		}
	}
	out := make([]bool, len(m.Classes))
	for c, n := range waits {
		out[c] = n > 0
	}
	return out
}
