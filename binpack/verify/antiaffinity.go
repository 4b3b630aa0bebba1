package verify

import (
	"context"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkAntiAffinity checks that no domain with a pod of a kind has another pod of
// the plan that its anti-affinity selects. Residents are checkPods's.
func checkAntiAffinity(ctx context.Context, l *layout, found *report) {
	tallies := map[int]map[string]int64{}
	for _, kind := range l.problem.Kinds.All {
		if ctx.Err() != nil {
			return
		}
		for _, rule := range kind.Rules.AntiAffinities {
			if len(l.holders[kind]) == 0 {
				continue
			}
			if tallies[rule.Number] == nil {
				tallies[rule.Number] = l.avoided(rule)
			}
			counts, itself := tallies[rule.Number], int64(0)
			if slices.Contains(kind.Rules.SelectedBy.AntiAffinities, rule.Number) {
				itself = 1
			}
			reportDomains(l.holders[kind], kind, naive.PodAntiAffinity, rule.Rule, found, func(domain string) string {
				if counts[domain] <= itself {
					return ""
				}
				return fmt.Sprintf("%d others", counts[domain]-itself)
			})
		}
	}
}

// avoided counts the pods of the plan that a rule selects in each domain.
func (l *layout) avoided(rule reading.Ref[naive.Term]) map[string]int64 {
	counts := map[string]int64{}
	for _, g := range l.groups {
		if domain, ok := naive.Domain(g.template.Node, rule.Rule.Key); ok {
			n := selected(g.withDaemons(), rule.Number, func(s reading.Selection) []int { return s.AntiAffinities })
			counts[domain] = arith.Add(counts[domain], arith.Mul(n, g.nodes))
		}
	}
	return counts
}
