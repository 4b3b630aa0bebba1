package solver

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A tally counts the pods of a rule over domains, those that are up included.
type tally struct {
	members []int64        // per domain
	owners  []map[int]bool // per domain, classes
	total   int64          // members, in whichever domain
	nodes   int64          // that have members, where each launch is a domain
}

// tally counts the pods of rule r in the solution.
func (x *explainer) tally(r int) *tally {
	if x.tallies[r] != nil {
		return x.tallies[r]
	}
	rule := &x.kindRules[r]
	t := &tally{members: slices.Clone(rule.Before), owners: make([]map[int]bool, len(rule.Before))}
	for _, n := range rule.Before {
		t.total += n
		t.nodes += min(n, 1)
	}
	for _, j := range x.solution {
		d := x.model.Rules[r].Domain[j.Bin]
		members := int64(0)
		for _, n := range j.Counts {
			class := &x.model.Classes[n.Class]
			if slices.Contains(class.InRules, r) {
				members += n.N
			}
			if d >= 0 && slices.Contains(class.OwnsRules, r) {
				if t.owners[d] == nil {
					t.owners[d] = map[int]bool{}
				}
				t.owners[d][n.Class] = true
			}
		}
		if d >= 0 {
			t.members[d] += members * j.Times
		}
		if d != model.NoDomain {
			t.total += members * j.Times
			t.nodes += min(members, 1) * j.Times
		}
	}
	x.tallies[r] = t
	return t
}

// skew returns how far above the domain with the fewest a domain would be with
// one more pod, which is a member or not.
func (x *explainer) skew(r, d int, member bool) int64 {
	t := x.tally(r)
	here, least := t.members[d], int64(-1)
	if member {
		here++
	}
	for e, n := range t.members {
		if e == d {
			n = here
		}
		if least < 0 || n < least {
			least = n
		}
	}
	if x.kindRules[r].Sparse {
		least = 0
	}
	return here - least
}

// spreads reports whether the kind must be spread: then what its node rules admit
// decides on the domains, and to change them changes the counts.
func (x *explainer) spreads(k int) bool {
	return slices.ContainsFunc(x.required(k), func(r int) bool { return x.kindRules[r].Kind == model.Spread })
}

// required returns the rules over domains that the kind owns and may not give up.
func (x *explainer) required(k int) []int {
	var out []int
	for r := range x.kindRules {
		if stated, owns := x.kindRules[r].stated[k]; owns && !stated.Preferred {
			out = append(out, r)
		}
	}
	return out
}

// amongPods returns the hurdles of rules about the pods of a domain: those of the
// kind, spread first, then affinity and anti-affinity, and those of other pods.
func (x *explainer) amongPods(k, pool int) []hurdle {
	var out []hurdle
	for _, kind := range []model.RuleKind{model.Spread, model.Together, model.Apart} {
		for _, r := range x.required(k) {
			if x.kindRules[r].Kind == kind {
				out = append(out, x.ownRule(k, pool, r))
			}
		}
	}
	out = append(out, x.repelledBy(k), x.othersRules(k, model.Apart), x.othersRules(k, model.Spread))
	for i := range out {
		out[i].about = aboutPods
	}
	return out
}

var reasonOfRule = [...]binpack.Reason{model.Spread: binpack.TopologySpread, model.Together: binpack.PodAffinity, model.Apart: binpack.PodAntiAffinity}

// domain returns the domain of an offer under rule r; offers that a pool excludes
// are in none.
func (x *explainer) domain(r, offer int) int {
	if x.isExcluded(offer) {
		return model.NoDomain
	}
	return x.kindRules[r].Domain[offer]
}

// ownRule is the hurdle of a rule of the kind.
func (x *explainer) ownRule(k, pool, r int) hurdle {
	rule := &x.kindRules[r]
	stated := rule.stated[k]
	hasKey := func(o int) bool {
		_, ok := x.node(o).Labels[stated.Key]
		return ok || stated.Key == corev1.LabelHostname
	}
	h := hurdle{passes: func(o int) bool {
		return !x.isExcluded(o) && (rule.Kind == model.Apart || hasKey(o)) && !x.closes(k, r, x.domain(r, o))
	}}
	h.blames = func(offers []int) stop {
		d := binpack.Detail{Path: stated.Path, Rule: x.ruleString(r, &stated)}
		if !slices.ContainsFunc(offers, hasKey) {
			d.Rule += ", but no new node is known to have that label"
		}
		return stop{reasonOfRule[rule.Kind], d}
	}
	if stated.Key != corev1.LabelHostname {
		h.domains = func() []binpack.Domain { return x.domains(k, pool, r) }
	}
	if x.ownedAlone(k, r) && x.statedOnce(k, r) {
		h.change = func(offers []int) *binpack.Change {
			return x.loosened(k, r, slices.DeleteFunc(offers, func(o int) bool { return !hasKey(o) }))
		}
	}
	return h
}

// closes reports whether rule r of the kind keeps it out of a domain.
func (x *explainer) closes(k, r, d int) bool {
	rule, t := &x.kindRules[r], x.tally(r)
	switch {
	case d == model.NoDomain:
		return false
	case rule.Kind == model.Together:
		return (d == model.EachNode || t.members[d] == 0) && (t.total > 0 || !rule.member[k])
	case rule.Kind == model.Apart:
		return t.members[d] > 0
	}
	return x.skew(r, d, rule.member[k]) > rule.Most
}

func (x *explainer) ruleString(r int, stated *kube.DomainRule) string {
	switch x.kindRules[r].Kind {
	case model.Spread:
		text := fmt.Sprintf("maxSkew %d of %s by %s", stated.MaxSkew, stated.Whom, stated.Key)
		if x.kindRules[r].Sparse {
			text += fmt.Sprintf(", above 0 for want of minDomains %d", stated.MinDomains)
		}
		return text
	case model.Apart:
		return fmt.Sprintf("no %s in its %s", stated.Whom, stated.Key)
	}
	if stated.Key != corev1.LabelHostname {
		return fmt.Sprintf("%s in its %s", stated.Whom, stated.Key)
	}
	return fmt.Sprintf("%s on its node (nodes that have it: %d)", stated.Whom, x.tally(r).nodes)
}

// domains returns the domains of a rule, and what closes each to the kind in the
// pool.
func (x *explainer) domains(k, pool, r int) []binpack.Domain {
	var out []binpack.Domain
	for d, value := range x.kindRules[r].domains {
		domain := binpack.Domain{Value: value, Pods: x.tally(r).members[d]}
		if !x.closes(k, r, d) {
			domain.Other = x.closedBy(k, pool, r, d)
		}
		out = append(out, domain)
	}
	return out
}

// closedBy returns why the pool has no offer for the kind in a domain that rule r
// leaves open.
func (x *explainer) closedBy(k, pool, r, d int) binpack.Reason {
	here := slices.DeleteFunc(slices.Clone(x.own[pool]), func(o int) bool { return x.domain(r, o) != d })
	hurdles := x.hurdles(k, pool)
	if at, left := stopped(hurdles, here); len(here) > 0 && at >= 0 {
		return hurdles[at].blames(left).reason
	}
	return binpack.NoAvailableOffering
}

// ownedAlone reports whether no other kind states rule r: else to change it for
// one would not do.
func (x *explainer) ownedAlone(k, r int) bool {
	for o, owns := range x.kindRules[r].owner {
		if owns && o != k && x.kinds[o].count > 0 {
			return false
		}
	}
	return true
}

// statedOnce reports whether the kind states rule r once: of equal rules of a pod
// the model has one.
func (x *explainer) statedOnce(k, r int) bool {
	alike := func(kind model.RuleKind, key string) bool {
		return kind == x.kindRules[r].Kind && key == x.kindRules[r].stated[k].Key
	}
	stated, held := 0, 0
	for _, rule := range kube.DomainRules(x.kinds[k].pod, nil) {
		if !rule.Preferred && alike(kindOfRule[rule.Kind], rule.Key) {
			stated++
		}
	}
	for _, o := range x.required(k) {
		if alike(x.kindRules[o].Kind, x.kindRules[o].stated[k].Key) {
			held++
		}
	}
	return stated == held
}

// loosened returns the greater maxSkew that lets one of the offers take the pod,
// or which rule to leave out; nil: neither will do.
func (x *explainer) loosened(k, r int, offers []int) *binpack.Change {
	rule := &x.kindRules[r]
	stated := rule.stated[k]
	switch {
	case len(offers) == 0:
		return nil
	case rule.Kind == model.Together && len(x.kinds[k].pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 1:
		return nil // terms decide together
	case rule.Kind != model.Spread:
		return x.with(stated.Path, "", x.cheapest(offers))
	}
	skewOf := func(o int) int64 { return x.skew(r, x.domain(r, o), rule.member[k]) }
	least := slices.MinFunc(offers, func(a, b int) int { return int(skewOf(a) - skewOf(b)) })
	return x.with(stated.Path+".maxSkew", strconv.FormatInt(skewOf(least), 10), least)
}
