package explain

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
)

// ownRule is the hurdle of a rule of the kind.
func (q *question) ownRule(r int) hurdle {
	rule := &q.c.Rules[r]
	stated := rule.Stated[q.k]
	if rule.Volumes != "" {
		return q.volumesLeft(r)
	}
	hasKey := func(o int) bool {
		_, ok := q.offers.node(o).Labels[stated.Key]
		return ok || stated.Key == corev1.LabelHostname
	}
	h := hurdle{passes: func(o int) bool {
		return !q.offers.isExcluded(o) && (rule.Kind == model.Apart || hasKey(o)) && !q.counts.closes(q.k, r, q.domain(r, o))
	}}
	h.blames = func(offers []int) stop {
		d := binpack.Detail{Path: stated.Path, Rule: q.counts.ruleString(r, &stated)}
		if !slices.ContainsFunc(offers, hasKey) {
			d.Rule += ", but no new node is known to have that label"
			d.Lasting = true
		}
		return stop{reasonOfRule(rule.Kind), d}
	}
	if stated.Key != corev1.LabelHostname {
		h.domains = func() []binpack.Domain { return q.domains(r) }
	}
	if q.counts.ownedAlone(q.k, r) && q.counts.statedOnce(q.k, r) {
		h.change = func(offers []int) *binpack.Change {
			return q.loosened(r, slices.DeleteFunc(offers, func(o int) bool { return !hasKey(o) }))
		}
	}
	return h
}

// domains returns the domains of a rule, and what closes each to the kind in the pool.
func (q *question) domains(r int) []binpack.Domain {
	var out []binpack.Domain
	here, hurdles := map[int][]int{}, q.hurdles()
	for _, o := range q.offers.own[q.pool] {
		here[q.domain(r, o)] = append(here[q.domain(r, o)], o)
	}
	for d, value := range q.c.Rules[r].Values {
		domain := binpack.Domain{Value: value, Pods: q.counts.tally(r).members[d]}
		if !q.counts.closes(q.k, r, d) {
			domain.Other = closedBy(hurdles, here[d])
		}
		out = append(out, domain)
	}
	return out
}

// closedBy returns which of the hurdles none of the offers of a domain passes.
func closedBy(hurdles []hurdle, here []int) binpack.Reason {
	if at, left := stopped(hurdles, here); len(here) > 0 && at >= 0 {
		return hurdles[at].blames(left).reason
	}
	return binpack.NoAvailableOffering
}

// loosened returns the greater maxSkew that lets one of the offers take the pod,
// or which rule to leave out; nil: neither will do.
func (q *question) loosened(r int, offers []int) *binpack.Change {
	rule := &q.c.Rules[r]
	stated := rule.Stated[q.k]
	switch {
	case len(offers) == 0:
		return nil
	case rule.Kind == model.Together && len(q.c.Kinds[q.k].Pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 1:
		return nil // terms decide together
	case rule.Kind != model.Spread:
		return q.offers.with(stated.Path, "", q.offers.cheapest(offers))
	}
	skewOf := func(o int) int64 { return q.counts.skew(r, q.domain(r, o), rule.Selects(q.k)) }
	least := slices.MinFunc(offers, func(a, b int) int { return int(skewOf(a) - skewOf(b)) })
	return q.offers.with(stated.Path+".maxSkew", strconv.FormatInt(skewOf(least), 10), least)
}

// domain returns the domain of an offer under rule r; offers that a pool excludes
// are in none.
func (q *question) domain(r, offer int) int {
	if q.offers.isExcluded(offer) {
		return model.NoDomain
	}
	return q.c.Rules[r].DomainOf[offer]
}

// reasonOfRule returns why a rule of the kind keeps a pod out.
func reasonOfRule(kind model.RuleKind) binpack.Reason {
	return [...]binpack.Reason{model.Spread: binpack.TopologySpread, model.Together: binpack.PodAffinity, model.Apart: binpack.PodAntiAffinity}[kind]
}
