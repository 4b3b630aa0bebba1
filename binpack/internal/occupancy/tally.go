package occupancy

import (
	"maps"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// A Tally counts, by domain, the pods that one rule of a kind is about.
type Tally struct {
	owner    *Kind
	Rule     kube.DomainRule
	selects  map[*Kind]bool
	domains  map[*Place]string // nodes that are of a domain
	certain  map[string]int    // selected pods that are there; a domain without is 0
	possible map[string]int    // and those that may be
	owners   map[string]int    // pods of the owner that are there or may be
}

func newTally(owner *Kind, rule kube.DomainRule) *Tally {
	return &Tally{
		owner: owner, Rule: rule, selects: map[*Kind]bool{}, domains: map[*Place]string{},
		certain: map[string]int{}, possible: map[string]int{}, owners: map[string]int{},
	}
}

func (t *Tally) clone(at map[*Place]*Place) *Tally {
	out := newTally(t.owner, t.Rule)
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
func (t *Tally) join(p *Place) {
	if domain, has := nodelabel.Of(p.Seen.Labels, t.Rule.Key); has && t.Rule.Counts(p.Seen) {
		t.domains[p] = domain
		t.certain[domain] += 0
	}
}

func (t *Tally) count(k *Kind, p *Place, n int, possible, certain bool) {
	domain, has := t.domains[p]
	if !has {
		return
	}
	if k == t.owner && possible {
		t.owners[domain] += n
	}
	selected, known := t.selects[k]
	if !known {
		selected = t.Rule.Selects(k.Pod)
		t.selects[k] = selected
	}
	if selected && possible {
		t.possible[domain] += n
	}
	if selected && certain {
		t.certain[domain] += n
	}
}

// Domain returns the node's domain, if it is of any.
func (t *Tally) Domain(p *Place) (string, bool) {
	domain, has := t.domains[p]
	return domain, has
}

// Has reports whether a selected pod is in the domain.
func (t *Tally) Has(domain string) bool { return t.certain[domain] > 0 }

// Keeps reports whether the rule holds for one of its owner's pods that may be at p,
// whichever of the others are there.
func (t *Tally) Keeps(p *Place) bool {
	domain, has := t.domains[p]
	itself := 0
	if t.Rule.Selects(t.owner.Pod) {
		itself = 1
	}
	switch t.Rule.Kind {
	case kube.Apart:
		return !has || t.possible[domain] <= itself
	case kube.Spread:
		return has && int64(t.possible[domain]-t.least()) <= t.Rule.MaxSkew
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
func (t *Tally) least() int {
	if int64(len(t.certain)) < t.Rule.MinDomains {
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
func (t *Tally) repels(k *Kind, p *Place) bool {
	domain, has := t.domains[p]
	return has && t.owners[domain] > 0 && t.Rule.Selects(k.Pod)
}
