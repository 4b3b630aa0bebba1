package verify

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// domains checks the rules between pods that one node does not decide, over the
// whole plan: it counts by kinds of pods, on nodes that hold alike.
func (v *verifier) domains() {
	holders := map[*judgedKind][]*judgedNode{}
	for _, n := range v.nodes {
		for _, l := range n.loads {
			holders[l.kind] = append(holders[l.kind], n)
		}
	}
	v.spread(holders)
	v.apart(holders)
	v.together()
}

// broken reports each domain in which a rule of the pods is broken, on the first
// of the nodes there that hold some.
func (v *verifier) broken(nodes []*judgedNode, kind *judgedKind, code naive.Code, t naive.Term, why func(domain string) string) {
	seen := map[string]bool{}
	for _, n := range nodes {
		domain, ok := naive.Domain(n.site.node, t.Key)
		if !ok || seen[domain] {
			continue
		}
		seen[domain] = true
		if text := why(domain); text != "" {
			rule := fmt.Sprintf("%s: %s=%s has %s", t.Rule, t.Key, domain, text)
			v.refused(n.where, n.podOf(kind), &naive.Refusal{Code: code, Path: t.Path, Rule: rule})
		}
	}
}

func (n *judgedNode) podOf(kind *judgedKind) *corev1.Pod {
	return n.loads[slices.IndexFunc(n.loads, func(l judgedLoad) bool { return l.kind == kind })].pod
}

// selected returns how many of the pods of the loads a rule selects.
func selected(loads []judgedLoad, rule int, countedBy func(selection) []int) int64 {
	n := int64(0)
	for _, l := range loads {
		if slices.Contains(countedBy(l.kind.countedBy), rule) {
			n += l.count
		}
	}
	return n
}
