package verify

import (
	"fmt"
	"math"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkNodeSpread checks a spread by hostname of pods for which no further node can come:
// the hostnames of existing nodes are the domains, and with them each node of the plan that
// admits the pods.
func checkNodeSpread(l *layout, kind *reading.Kind, spread reading.Ref[naive.Spread], found *report) {
	bySpread := func(s reading.Selection) []int { return s.Spreads }
	counts := map[string]int64{} // by hostname of existing nodes
	add := func(t *reading.NodeTemplate, pods int64) {
		if host, ok := naive.Domain(t.Node, spread.Rule.Key); ok && spread.Rule.Counts(t.Node) {
			counts[host] = arith.Add(counts[host], pods)
		}
	}
	for _, t := range l.problem.Existing.Nodes {
		add(t, selected(t.Residents, spread.Number, bySpread))
	}
	on := map[*nodeGroup]int64{} // of launches, on each node
	for _, g := range l.groups {
		if n := selected(g.withDaemons(), spread.Number, bySpread); g.template.Exists() {
			add(g.template, n)
		} else {
			on[g] = n
		}
	}
	domains, least := int64(len(counts)), int64(math.MaxInt64)
	for _, n := range counts {
		least = min(least, n)
	}
	for g, n := range on {
		if g.template.Takes(kind) {
			domains, least = arith.Add(domains, g.nodes), min(least, n)
		}
	}
	least = spread.Rule.LeastOf(domains, least)
	for _, g := range l.holders[kind] {
		n := on[g]
		if g.template.Exists() {
			host, _ := naive.Domain(g.template.Node, spread.Rule.Key)
			n = counts[host]
		}
		if n-least > spread.Rule.MaxSkew {
			rule := fmt.Sprintf("%s: %d on the node, the least is %d, maxSkew is %d", spread.Rule.Rule, n, least, spread.Rule.MaxSkew)
			found.refused(g.where, g.podOf(kind), &naive.Refusal{Code: naive.TopologySpread, Path: spread.Rule.Path, Rule: rule})
		}
	}
}
