package compile

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A ruleReader reads the rules between pods: those of kinds, as far as a scope holds
// them, and those of pods on existing nodes.
type ruleReader struct {
	kinds      []Kind
	supply     *supply.Supply
	namespaces kube.Namespaces
	scope      Scope
	twins      supply.Twins
	ctx        context.Context // its end ends the reading early
}

// holds reports whether the scope holds a rule of a kind.
func (r *ruleReader) holds(kind int, preferred bool) bool {
	return !preferred || r.scope.Held == AllPreferences && !r.kinds[kind].Relaxed
}

// parties are the kinds that a rule about other pods is between.
type parties struct {
	owner  []bool // per kind
	member []bool // per kind
}

// parties returns the parties of a rule that selects so, without its owners. A
// preference spares the kinds that do without.
func (r *ruleReader) parties(selects func(*corev1.Pod) bool, spares bool) parties {
	p := parties{owner: make([]bool, len(r.kinds)), member: make([]bool, len(r.kinds))}
	for k := range r.kinds {
		spared := spares && r.kinds[k].Relaxed
		p.member[k] = r.kinds[k].Blocked == nil && !spared && selects(r.kinds[k].Pod)
	}
	return p
}

func (p *parties) between() *parties { return p }

// membership returns the rules that a kind owns, and those that it is a member of.
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

// covers reports whether a has all that b has.
func covers(a, b []bool) bool {
	for i := range b {
		if b[i] && !a[i] {
			return false
		}
	}
	return true
}
