package verify

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// apart checks that no domain with a pod of a kind has another pod of the plan
// that its anti-affinity selects. Of pods that are there between has told.
func (v *verifier) apart(holders map[*judgedKind][]*judgedNode) {
	byApart := func(s selection) []int { return s.apart }
	tallies := map[int]map[string]int64{}
	for _, kind := range v.kinds {
		for _, o := range kind.apart {
			if len(holders[kind]) == 0 {
				continue
			}
			counts := tallies[o.number]
			if counts == nil {
				counts = map[string]int64{}
				for _, n := range v.nodes {
					if domain, ok := naive.Domain(n.site.node, o.rule.Key); ok {
						counts[domain] += selected(n.loads, o.number, byApart) * n.copies
					}
				}
				tallies[o.number] = counts
			}
			itself := int64(0)
			if slices.Contains(kind.countedBy.apart, o.number) {
				itself = 1
			}
			v.broken(holders[kind], kind, naive.PodAntiAffinity, o.rule, func(domain string) string {
				if counts[domain] <= itself {
					return ""
				}
				return fmt.Sprintf("%d others", counts[domain]-itself)
			})
		}
	}
}
