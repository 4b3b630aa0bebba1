package compile

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A ruleReader reads the rules between pods: those of kinds, as far as the options hold
// them, and those of pods on existing nodes.
type ruleReader struct {
	kinds      []Kind
	supply     *supply.Supply
	namespaces kube.Namespaces
	options    Options
	twins      supply.Twins
	ctx        context.Context // its end ends the reading early
}

// counts reports whether the options count a rule of a kind.
func (r *ruleReader) counts(kind int, preferred bool) bool {
	return !preferred || r.options.Held == AllPreferences && !r.kinds[kind].Relaxed
}

// A membership is the kinds that a rule about other pods is between: those that own it,
// and those that are counted.
type membership struct {
	owner  []bool // per kind
	member []bool // per kind
}

// membership returns the members of a rule, the kinds that selects picks, without owners. A
// preference spares the kinds that do without.
func (r *ruleReader) membership(selects func(*corev1.Pod) bool, spares bool) membership {
	p := membership{owner: make([]bool, len(r.kinds)), member: make([]bool, len(r.kinds))}
	for k := range r.kinds {
		spared := spares && r.kinds[k].Relaxed
		p.member[k] = r.kinds[k].Blocked == nil && !spared && selects(r.kinds[k].Pod)
	}
	return p
}

func (p *membership) between() *membership { return p }

// rulesOf returns the rules that a kind owns, and those that it is a member of.
func rulesOf[R any](rules []R, between func(*R) *membership, kind int) (owns, in []int) {
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

// covers reports whether a has all that b has.
func covers(a, b []bool) bool {
	for i := range b {
		if b[i] && !a[i] {
			return false
		}
	}
	return true
}
