package handover

import (
	"maps"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// A tally counts, by domain, the pods that one rule of a kind is about.
type tally struct {
	owner    *kind
	rule     kube.DomainRule
	selects  map[*kind]bool
	domains  map[*place]string // nodes that are of a domain
	certain  map[string]int    // selected pods that are there; a domain without is 0
	possible map[string]int    // and those that may be
	owners   map[string]int    // pods of the owner that are there or may be
}

func newTally(owner *kind, rule kube.DomainRule) *tally {
	return &tally{
		owner: owner, rule: rule, selects: map[*kind]bool{}, domains: map[*place]string{},
		certain: map[string]int{}, possible: map[string]int{}, owners: map[string]int{},
	}
}

func (t *tally) clone(at map[*place]*place) *tally {
	out := newTally(t.owner, t.rule)
	for p, domain := range t.domains {
		out.domains[at[p]] = domain
	}
	maps.Copy(out.selects, t.selects)
	maps.Copy(out.certain, t.certain)
	maps.Copy(out.possible, t.possible)
	maps.Copy(out.owners, t.owners)
	return out
}

// join makes a node one of its domain, if it is of any.
func (t *tally) join(p *place) {
	if domain, has := nodelabel.Of(p.seen.Labels, t.rule.Key); has && t.rule.Counts(p.seen) {
		t.domains[p] = domain
		t.certain[domain] += 0
	}
}

func (t *tally) count(k *kind, p *place, n int, possible, certain bool) {
	domain, has := t.domains[p]
	if !has {
		return
	}
	if k == t.owner && possible {
		t.owners[domain] += n
	}
	selected, known := t.selects[k]
	if !known {
		selected = t.rule.Selects(k.pod)
		t.selects[k] = selected
	}
	if selected && possible {
		t.possible[domain] += n
	}
	if selected && certain {
		t.certain[domain] += n
	}
}

// keeps reports whether the rule holds for one of its owner's pods that may be at p,
// whichever of the others are there.
func (t *tally) keeps(p *place) bool {
	domain, has := t.domains[p]
	itself := 0
	if t.rule.Selects(t.owner.pod) {
		itself = 1
	}
	switch t.rule.Kind {
	case kube.Apart:
		return !has || t.possible[domain] <= itself
	case kube.Spread:
		return has && int64(t.possible[domain]-t.least()) <= t.rule.MaxSkew
	}
	if has && t.certain[domain] > 0 {
		return true
	}
	// The first of those that want to be together may go anywhere. No other may have
	// gone elsewhere.
	for other, n := range t.possible {
		if n > 0 && other != domain {
			return false
		}
	}
	return has && itself == 1
}

// least returns the fewest selected pods of a domain.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
func (t *tally) least() int {
	if int64(len(t.certain)) < t.rule.MinDomains {
		return 0
	}
	least, first := 0, true
	for _, n := range t.certain {
		if first || n < least {
			least, first = n, false
		}
	}
	return least
}

// repels reports whether a pod that the owner is to be apart from may not be at p.
func (t *tally) repels(k *kind, p *place) bool {
	domain, has := t.domains[p]
	return has && t.owners[domain] > 0 && t.rule.Selects(k.pod)
}
