package verify

import (
	"fmt"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkNodeSpread checks a spread by hostname of pods for which no further node can come:
// the nodes that exist are the domains, and with them those of the plan that admit the
// pods.
func checkNodeSpread(l *layout, kind *reading.Kind, spread reading.Ref[naive.Spread], found *report) {
	bySpread := func(s reading.Selection) []int { return s.Spreads }
	counts := map[string]int64{} // by node, of alike ones one after the other
	on := map[*nodeGroup]int64{}
	for _, t := range l.problem.Existing.Nodes {
		if spread.Rule.Counts(t.Node) {
			counts[t.Node.Name] = selected(t.Residents, spread.Number, bySpread)
		}
	}
	for _, g := range l.groups {
		n := selected(g.withDaemons(), spread.Number, bySpread)
		if g.template.Exists() {
			on[g] = n + selected(g.template.Residents, spread.Number, bySpread)
			if _, counted := counts[g.template.Node.Name]; counted {
				counts[g.template.Node.Name] = on[g]
			}
			continue
		}
		on[g] = n
		if g.template.Takes(kind) {
			for i := range g.nodes {
				counts[fmt.Sprintf("%s#%d", g.where, i)] = n
			}
		}
	}
	least := spread.Rule.Least(counts)
	for _, g := range l.holders[kind] {
		if n := on[g]; n-least > spread.Rule.MaxSkew {
			rule := fmt.Sprintf("%s: %d on the node, the least is %d, maxSkew is %d", spread.Rule.Rule, n, least, spread.Rule.MaxSkew)
			found.refused(g.where, g.podOf(kind), &naive.Refusal{Code: naive.TopologySpread, Path: spread.Rule.Path, Rule: rule})
		}
	}
}
