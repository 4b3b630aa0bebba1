package verify

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// reportDomains reports each domain in which a rule of pods is broken, on the
// first of the nodes there that hold some. Why says what is wrong there, or "".
func reportDomains(holders []*nodeGroup, kind *reading.Kind, code naive.Code, t naive.Term, found *report, why func(domain string) string) {
	seen := map[string]bool{}
	for _, g := range holders {
		domain, ok := naive.Domain(g.template.Node, t.Key)
		if !ok || seen[domain] {
			continue
		}
		seen[domain] = true
		if text := why(domain); text != "" {
			rule := fmt.Sprintf("%s: %s=%s has %s", t.Rule, t.Key, domain, text)
			found.refused(g.where, g.podOf(kind), &naive.Refusal{Code: code, Path: t.Path, Rule: rule})
		}
	}
}

// selected returns how many of the pods of the loads a rule selects. Numbers
// returns the rules of its sort that select a pod.
func selected(loads []reading.Load, rule int, numbers func(reading.Selection) []int) int64 {
	n := int64(0)
	for _, l := range loads {
		if slices.Contains(numbers(l.Kind.Rules.SelectedBy), rule) {
			n = arith.Add(n, l.Count)
		}
	}
	return n
}
