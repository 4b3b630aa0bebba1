package solver

import corev1 "k8s.io/api/core/v1"

// parties are the kinds that a rule about other pods is between.
type parties struct {
	owner  []bool // per kind
	member []bool // per kind
}

// parties returns the parties of a rule that selects so, without its owners. A
// preference spares the kinds that do without.
func (c *compiled) parties(selects func(*corev1.Pod) bool, spares bool) parties {
	p := parties{owner: make([]bool, len(c.kinds)), member: make([]bool, len(c.kinds))}
	for k := range c.kinds {
		spared := spares && c.kinds[k].relaxed
		p.member[k] = c.kinds[k].blocked == nil && !spared && selects(c.kinds[k].pod)
	}
	return p
}

func (p *parties) between() *parties { return p }

// membership returns the rules that a kind owns, and those of which it is a
// member.
func membership[R any](rules []R, between func(*R) *parties, kind int) (owns, in []int) {
	for r := range rules {
		p := between(&rules[r])
		if p.owner[kind] {
			owns = append(owns, r)
		}
		if p.member[kind] {
			in = append(in, r)
		}
	}
	return owns, in
}
