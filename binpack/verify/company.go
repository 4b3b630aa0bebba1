package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// A spot is the pods of a kind on one node.
type spot struct {
	kind *judgedKind
	pod  *corev1.Pod // one of them
	node *judgedNode
	copy int64 // which of alike nodes
}

func (s *spot) rule() owned[naive.Affinity] { return s.kind.together[0] }

// domain returns the domain of the spot's node under a key. By hostname each
// node of a plan is its own.
func (s *spot) domain(key string) (string, bool) {
	domain, ok := naive.Domain(s.node.site.node, key)
	if key == corev1.LabelHostname && !s.node.site.exists {
		domain = fmt.Sprintf("\x00%s#%d", s.node.where, s.copy)
	}
	return domain, ok
}

// A place is a domain of a key that an affinity names.
type place struct {
	rule        int
	key, domain string
}

// company is who is bound, as affinities see it.
type company struct {
	peers *peers
	found map[place]bool // where a pod is bound that all terms of a rule select
	there map[int]bool   // rules that select a pod on an existing node with a label of theirs
	tries *int           // firsts tried
}

// bind lets others find the pods of a spot.
func (c *company) bind(s *spot) {
	for _, rule := range s.kind.countedBy.together {
		for _, key := range c.peers.together.rules[rule].Keys {
			if domain, ok := s.domain(key); ok {
				c.found[place{rule, key, domain}] = true
			}
		}
	}
}

// stand binds pods that are on an existing node.
func (c *company) stand(s *spot) {
	c.bind(s)
	for _, rule := range s.kind.countedBy.together {
		c.there[rule] = c.there[rule] || c.inReach(rule, s)
	}
}

// inReach reports whether the spot's node has a label that the rule goes by.
func (c *company) inReach(rule int, s *spot) bool {
	return slices.ContainsFunc(c.peers.together.rules[rule].Keys, func(key string) bool {
		_, ok := s.domain(key)
		return ok
	})
}

// bindAll binds the spots that find company, until none does, and returns the
// others.
func (c *company) bindAll(waiting []*spot) []*spot {
	for {
		var rest []*spot
		for _, s := range waiting {
			if c.finds(s) {
				c.bind(s)
			} else {
				rest = append(rest, s)
			}
		}
		if len(rest) == len(waiting) {
			return rest
		}
		waiting = rest
	}
}

func (c *company) finds(s *spot) bool {
	for _, key := range s.rule().rule.Keys {
		domain, ok := s.domain(key)
		if !ok || !c.found[place{s.rule().number, key, domain}] {
			return false
		}
	}
	return true
}

// innermost splits off the spots of kinds that need each other, or one kind, and
// that no further waiting kind can help.
func innermost(waiting []*spot) (group, others []*spot) {
	var kinds []*judgedKind
	for _, s := range waiting {
		if !slices.Contains(kinds, s.kind) {
			kinds = append(kinds, s.kind)
		}
	}
	var inner []*judgedKind
	for _, kind := range kinds {
		reached := []*judgedKind{kind}
		for i := 0; i < len(reached); i++ {
			for _, other := range kinds {
				if reached[i].wants(other) && !slices.Contains(reached, other) {
					reached = append(reached, other)
				}
			}
		}
		if inner == nil || len(reached) < len(inner) {
			inner = reached
		}
		if len(inner) == 1 {
			break
		}
	}
	for _, s := range waiting {
		if slices.Contains(inner, s.kind) {
			group = append(group, s)
		} else {
			others = append(others, s)
		}
	}
	return group, others
}

// wants reports whether all terms of the kind's affinity select the other.
func (k *judgedKind) wants(other *judgedKind) bool {
	return slices.Contains(other.countedBy.together, k.together[0].number)
}

// mostTries bounds the firsts that are tried for all kinds. Where there are more
// orders to think of, none is taken to exist.
const mostTries = 10_000

// settle binds the group, some of which came first already, and returns whom no
// choice of further firsts lets it bind: the fewest that it found.
func (c *company) settle(group, firsts []*spot) []*spot {
	rest := c.bindAll(group)
	least, best := rest, *c
	tried := map[string]bool{}
	for i, s := range rest {
		if *c.tries == mostTries || !c.first(s, firsts) || tried[c.name(s)] {
			continue
		}
		*c.tries++
		tried[c.name(s)] = true
		next := *c
		next.found = maps.Clone(c.found)
		next.bind(s)
		left := next.settle(slices.Delete(slices.Clone(rest), i, i+1), append(slices.Clip(firsts), s))
		if len(left) < len(least) {
			least, best = left, next
		}
		if len(left) == 0 {
			break
		}
	}
	*c = best
	return least
}

// name tells spots apart whose pods find, and are, different company.
func (c *company) name(s *spot) string {
	parts := []string{fmt.Sprint(s.kind.number)}
	for _, rule := range s.kind.countedBy.together {
		for _, key := range c.peers.together.rules[rule].Keys {
			domain, _ := s.domain(key)
			parts = append(parts, domain)
		}
	}
	return strings.Join(parts, "\x00")
}

// first reports whether a pod of the spot may be bound as the first that its
// affinity selects, beside the other firsts, in some order.
func (c *company) first(s *spot, firsts []*spot) bool {
	rule := s.rule().number
	if !s.kind.wants(s.kind) || c.there[rule] || !c.inReach(rule, s) {
		return false
	}
	rest := append(slices.Clip(firsts), s)
	for len(rest) > 0 {
		last := slices.IndexFunc(rest, func(l *spot) bool { // comes after none that would miss it
			return !slices.ContainsFunc(rest, func(o *spot) bool { return o != l && l.kind.wants(o.kind) && c.inReach(l.rule().number, o) })
		})
		if last < 0 {
			return false
		}
		rest = slices.Delete(slices.Clone(rest), last, last+1)
	}
	return true
}
