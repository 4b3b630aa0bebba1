package verify

import "github.com/stowage/stowage/binpack/internal/naive"

// together checks that the pods with required affinity can be bound in some
// order in which each finds whom it must be with, or may be the first.
//
// Two things make this simple. A pod that finds company keeps it, whoever else
// is bound before; and a pod that may be the first still may if it is bound
// earlier. So all firsts may come before all others: the question is who they
// are. Kinds that need no other kind still waiting come before those that do,
// and only among kinds that need each other is there a choice to try.
func (v *verifier) together() {
	if len(v.peers.together.rules) == 0 {
		return
	}
	c := &company{peers: &v.peers, found: map[place]bool{}, there: map[int]bool{}, tries: new(int)}
	for _, s := range v.existing {
		for _, l := range s.there {
			c.stand(&spot{kind: l.kind, node: &judgedNode{site: s}})
		}
	}
	waiting := c.bindAll(v.gather(c))
	for len(waiting) > 0 {
		group, others := innermost(waiting)
		lonely := c.settle(group, nil)
		for i, s := range lonely {
			c.bind(s)
			if i > 0 && lonely[i-1].node == s.node && lonely[i-1].kind == s.kind {
				continue // its copy
			}
			rule := s.rule().rule
			v.refused(s.node.where, s.pod, &naive.Refusal{Code: naive.PodAffinity, Path: rule.Path, Rule: rule.Rule + ": none that it can be with"})
		}
		waiting = c.bindAll(others)
	}
}

// gather binds the pods that want nobody, and returns the others.
func (v *verifier) gather(c *company) []*spot {
	var waiting []*spot
	for _, n := range v.nodes {
		for _, l := range n.loads {
			for i := range min(n.copies, 2) { // further ones are as the second
				s := &spot{kind: l.kind, pod: l.pod, node: n, copy: i}
				if len(l.kind.together) > 0 {
					waiting = append(waiting, s)
				} else {
					c.bind(s)
				}
			}
		}
	}
	return waiting
}
