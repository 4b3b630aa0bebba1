package verify

import (
	"fmt"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// spread checks that no domain with a pod of a kind has more than MaxSkew more
// of the pods that its rule selects than the domain with the fewest.
func (v *verifier) spread(holders map[*judgedKind][]*judgedNode) {
	if len(v.peers.spreads.rules) == 0 {
		return
	}
	all := v.landscape()
	tallies := map[int]map[string]int64{}
	for _, kind := range v.kinds {
		for _, o := range kind.spreads {
			if len(holders[kind]) == 0 {
				continue
			}
			if tallies[o.number] == nil {
				tallies[o.number] = v.tally(o, all)
			}
			counts, least := tallies[o.number], o.rule.Least(tallies[o.number])
			v.broken(holders[kind], kind, naive.TopologySpread, o.rule.Term, func(domain string) string {
				if counts[domain]-least <= o.rule.MaxSkew {
					return ""
				}
				return fmt.Sprintf("%d, the least is %d, maxSkew is %d", counts[domain], least, o.rule.MaxSkew)
			})
		}
	}
}

// tally counts the pods that a rule selects in each domain that counts, of all
// there are.
func (v *verifier) tally(o owned[naive.Spread], all []*site) map[string]int64 {
	counts := map[string]int64{}
	answers := map[*site]bool{}
	in := func(s *site) (string, bool) {
		counted, known := answers[s]
		if !known {
			counted = o.rule.Counts(s.node)
			answers[s] = counted
		}
		domain, _ := naive.Domain(s.node, o.rule.Key)
		return domain, counted
	}
	for _, s := range all {
		domain, ok := naive.Domain(s.node, o.rule.Key)
		if _, known := counts[domain]; known || !ok {
			continue // one node of a domain is enough
		}
		if _, counted := in(s); counted {
			counts[domain] = 0
		}
	}
	bySpread := func(s selection) []int { return s.spreads }
	for _, s := range v.existing {
		if domain, counted := in(s); counted {
			counts[domain] += selected(s.there, o.number, bySpread)
		}
	}
	for _, n := range v.nodes {
		if domain, counted := in(n.site); counted {
			counts[domain] += selected(n.loads, o.number, bySpread) * n.copies
		}
	}
	return counts
}
