package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkSpreads checks that no domain with a pod of a kind has more than MaxSkew
// more of the pods that its rule selects than the domain with the fewest.
func checkSpreads(ctx context.Context, l *layout, found *report) {
	if l.problem.Rules.Spreads.Len() == 0 {
		return
	}
	tallies := map[int]map[string]int64{}
	for _, kind := range l.problem.Kinds.All {
		if ctx.Err() != nil {
			return
		}
		for _, spread := range kind.Rules.Spreads {
			if len(l.holders[kind]) == 0 {
				continue
			}
			if spread.Rule.ByNode() {
				checkNodeSpread(l, kind, spread, found)
				continue
			}
			if tallies[spread.Number] == nil {
				tallies[spread.Number] = l.tally(spread, l.problem.Landscape(kind))
			}
			counts, least := tallies[spread.Number], spread.Rule.Least(tallies[spread.Number])
			reportDomains(l.holders[kind], kind, naive.TopologySpread, spread.Rule.Term, found, func(domain string) string {
				if counts[domain]-least <= spread.Rule.MaxSkew {
					return ""
				}
				return fmt.Sprintf("%d, the least is %d, maxSkew is %d", counts[domain], least, spread.Rule.MaxSkew)
			})
		}
	}
}

// tally counts the pods that a spread selects in each domain that counts, of those
// of the landscape. Of the values of a key that no rule names, those that the plan launches
// are domains, and one more only where it launches none.
func (l *layout) tally(spread reading.Ref[naive.Spread], landscape []*reading.NodeTemplate) map[string]int64 {
	counts := map[string]int64{}
	answers := map[*reading.NodeTemplate]bool{}
	in := func(t *reading.NodeTemplate) (string, bool) {
		counted, known := answers[t]
		if !known {
			counted = spread.Rule.Counts(t.Node)
			answers[t] = counted
		}
		domain, _ := naive.Domain(t.Node, spread.Rule.Key)
		return domain, counted
	}
	unnamed := slices.ContainsFunc(l.groups, func(g *nodeGroup) bool {
		_, counted := in(g.template)
		return counted && l.problem.Supply.Unnamed(g.template, spread.Rule.Key)
	})
	for _, t := range landscape {
		domain, ok := naive.Domain(t.Node, spread.Rule.Key)
		if _, known := counts[domain]; known || !ok || unnamed && l.problem.Supply.Unnamed(t, spread.Rule.Key) {
			continue // one node of a domain is enough
		}
		if _, counted := in(t); counted {
			counts[domain] = 0
		}
	}
	bySpread := func(s reading.Selection) []int { return s.Spreads }
	for _, t := range l.problem.Existing.Nodes {
		if domain, counted := in(t); counted {
			counts[domain] += selected(t.Residents, spread.Number, bySpread)
		}
	}
	for _, g := range l.groups {
		if domain, counted := in(g.template); counted {
			counts[domain] = arith.Add(counts[domain], arith.Mul(selected(g.withDaemons(), spread.Number, bySpread), g.nodes))
		}
	}
	return counts
}
