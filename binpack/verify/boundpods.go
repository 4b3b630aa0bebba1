package verify

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// nodePods are the pods of a kind on one node.
type nodePods struct {
	kind  *reading.Kind
	pod   *corev1.Pod // the first of them
	group *nodeGroup
	node  int64 // of the group's
}

func (p *nodePods) affinity() reading.Ref[naive.Affinity] { return p.kind.Rules.Affinities[0] }

// domain returns the domain of the node under a key. By hostname each node of a
// plan is its own.
func (p *nodePods) domain(key string) (string, bool) {
	domain, ok := naive.Domain(p.group.template.Node, key)
	if key == corev1.LabelHostname && !p.group.template.Exists() {
		domain = fmt.Sprintf("\x00%s#%d", p.group.where, p.node)
	}
	return domain, ok
}

// wants reports whether all terms of a kind's affinity select pods of the other.
func wants(kind, other *reading.Kind) bool {
	return slices.Contains(other.Rules.SelectedBy.Affinities, kind.Rules.Affinities[0].Number)
}

// An affinityDomain is a domain of a key that an affinity names.
type affinityDomain struct {
	rule        int
	key, domain string
}

// boundPods are the pods bound so far, as affinities see them.
type boundPods struct {
	rules     *reading.Rules
	partners  map[affinityDomain]bool // where a pod is bound that all terms of a rule select
	residents map[int]bool            // rules that select a resident on a node with a label of theirs
	tries     *int                    // firsts tried
}

// newBoundPods returns the residents of existing nodes, bound.
func newBoundPods(p *reading.Problem) *boundPods {
	b := &boundPods{rules: p.Rules, partners: map[affinityDomain]bool{}, residents: map[int]bool{}, tries: new(int)}
	for _, t := range p.Existing.Nodes {
		for _, load := range t.Residents {
			pods := &nodePods{kind: load.Kind, group: &nodeGroup{template: t}}
			b.bind(pods)
			for _, rule := range load.Kind.Rules.SelectedBy.Affinities {
				b.residents[rule] = b.residents[rule] || b.inReach(rule, pods)
			}
		}
	}
	return b
}

// bindDaemons binds the daemon pods of launches, which are there before any other pod.
func (b *boundPods) bindDaemons(l *layout) {
	for _, g := range l.groups {
		if g.template.Exists() {
			continue
		}
		for _, load := range g.template.Residents {
			for i := range min(g.nodes, 2) { // as many as bindFree looks at
				pods := &nodePods{kind: load.Kind, group: g, node: i}
				b.bind(pods)
				for _, rule := range load.Kind.Rules.SelectedBy.Affinities {
					b.residents[rule] = b.residents[rule] || b.inReach(rule, pods)
				}
			}
		}
	}
}

// bind lets others find the pods.
func (b *boundPods) bind(p *nodePods) {
	for _, rule := range p.kind.Rules.SelectedBy.Affinities {
		for _, key := range b.rules.Affinities.Rule(rule).Keys {
			if domain, ok := p.domain(key); ok {
				b.partners[affinityDomain{rule, key, domain}] = true
			}
		}
	}
}

// inReach reports whether the pods' node has a label that the rule goes by.
func (b *boundPods) inReach(rule int, p *nodePods) bool {
	return slices.ContainsFunc(b.rules.Affinities.Rule(rule).Keys, func(key string) bool {
		_, ok := p.domain(key)
		return ok
	})
}

// bindAll binds the pods that find a partner, until none does, and returns the
// others.
func (b *boundPods) bindAll(waiting []*nodePods) []*nodePods {
	for {
		var rest []*nodePods
		for _, p := range waiting {
			if b.hasPartner(p) {
				b.bind(p)
			} else {
				rest = append(rest, p)
			}
		}
		if len(rest) == len(waiting) {
			return rest
		}
		waiting = rest
	}
}

func (b *boundPods) hasPartner(p *nodePods) bool {
	for _, key := range p.affinity().Rule.Keys {
		domain, ok := p.domain(key)
		if !ok || !b.partners[affinityDomain{p.affinity().Number, key, domain}] {
			return false
		}
	}
	return true
}

// name tells pods apart that find, and are, different partners.
func (b *boundPods) name(p *nodePods) string {
	parts := []string{fmt.Sprint(p.kind.Number)}
	for _, rule := range p.kind.Rules.SelectedBy.Affinities {
		for _, key := range b.rules.Affinities.Rule(rule).Keys {
			domain, _ := p.domain(key)
			parts = append(parts, domain)
		}
	}
	return strings.Join(parts, "\x00")
}
