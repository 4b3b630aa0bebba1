package compile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A DomainRule is a rule about the pods of one domain, over kinds and offers.
type DomainRule struct {
	membership
	Kind     model.RuleKind
	Most     int64                   // as of model.Rule
	Sparse   bool                    // as of model.Rule
	DomainOf []int                   // per offer
	Before   []int64                 // per domain, the pods that count on existing nodes; of Apart and Together also those that launches may bring
	certain  []bool                  // per domain: some of Before are on existing nodes
	Values   []string                // of the key, per domain
	Stated   map[int]kube.DomainRule // per owner, as its pod states it
	Volumes  binpack.Reason          // the reason of a rule about volumes; "": it is one about pods
	name     string
}

// Owns reports whether the kind states the rule.
func (d *DomainRule) Owns(kind int) bool { return d.owner[kind] }

// Selects reports whether the rule counts pods of the kind.
func (d *DomainRule) Selects(kind int) bool { return d.member[kind] }

// domainRulesOf returns the rules of the kinds about the pods of one domain, in
// an order that depends on content. Equal rules of several owners are one.
func domainRulesOf(r *ruleReader, offers []supply.Offer, requests [][]int64) []DomainRule {
	var rules []DomainRule
	index := map[string]int{}
	ofDaemons := r.daemonRules()
	for i := range r.kinds {
		if r.kinds[i].Blocked != nil {
			continue
		}
		if r.ctx.Err() != nil {
			return nil
		}
		for _, stated := range slices.Concat(r.ownRules(i), ofDaemons[i]) {
			if !r.counts(i, stated.Preferred) {
				continue
			}
			d := r.domainRule(&stated, offers, i)
			key := d.key()
			if _, ok := index[key]; !ok {
				index[key] = len(rules)
				rules = append(rules, d)
			}
			own := &rules[index[key]]
			if before, twice := own.Stated[i]; !twice || before.Preferred {
				own.Stated[i] = stated
			}
			own.owner[i] = true
		}
	}
	for i := range rules {
		rules[i].name = rules[i].content(r.kinds, requests)
	}
	slices.SortStableFunc(rules, func(a, b DomainRule) int { return strings.Compare(a.name, b.name) })
	return rules
}

// ownRules returns the rules that a kind states about the pods of a domain.
func (r *ruleReader) ownRules(kind int) []kube.DomainRule {
	out := kube.DomainRules(r.kinds[kind].Pod, r.namespaces)
	if r.kinds[kind].noNode {
		out = append(out, kube.SpreadOverNodes(r.kinds[kind].Pod)...)
	}
	return out
}

// domainRule finds the members and domains of a rule of a kind.
func (r *ruleReader) domainRule(stated *kube.DomainRule, offers []supply.Offer, owner int) DomainRule {
	d := DomainRule{membership: r.membership(stated.Selects, stated.Preferred && stated.Kind != kube.Together), Stated: map[int]kube.DomainRule{}}
	switch d.Kind, d.Most = KindOfRule(stated.Kind), stated.MaxSkew; {
	case stated.Kind == kube.Apart && d.member[owner]:
		d.Most = 1
	case stated.Kind == kube.Apart:
		d.Most = 0
	}
	values := r.domainValues(stated, offers)
	domains := slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }))))
	d.Before, d.certain = make([]int64, len(domains)), make([]bool, len(domains))
	d.DomainOf = make([]int, len(values))
	brought := make([]bool, len(domains))
	for i, v := range values {
		at, ok := slices.BinarySearch(domains, v)
		switch o := &offers[i]; {
		case !ok:
			d.DomainOf[i] = model.NoDomain
			if stated.Key == corev1.LabelHostname && stated.Kind != kube.Spread {
				d.DomainOf[i] = model.EachNode
			}
		case o.Existing != nil:
			n := r.countThere(stated, o.Existing.Number)
			d.Before[at] += n
			d.certain[at] = d.certain[at] || n > 0
			d.DomainOf[i] = at
		default:
			d.DomainOf[i] = at
			if stated.Kind != kube.Spread && o.Limit != 0 && !o.Closed && r.supply.CrewOn(o, stated.Selects) > 0 {
				brought[at] = true
			}
		}
	}
	for at, is := range brought {
		if is {
			d.Before[at]++
		}
	}
	d.Sparse = stated.MinDomains > int64(len(domains))
	for _, v := range domains {
		d.Values = append(d.Values, strings.TrimSuffix(strings.TrimPrefix(v, "="), withDaemon))
	}
	return d
}

// KindOfRule returns what the model calls a kind of rule.
func KindOfRule(k kube.DomainKind) model.RuleKind {
	return [...]model.RuleKind{kube.Spread: model.Spread, kube.Apart: model.Apart, kube.Together: model.Together}[k]
}

// countThere counts the pods on an existing node that the rule selects.
func (r *ruleReader) countThere(stated *kube.DomainRule, node int) int64 {
	sum := int64(0)
	for _, there := range r.supply.Residents {
		if n := there.On[node]; n > 0 && stated.Selects(there.Pod) {
			sum += n
		}
	}
	return sum
}

// domainValues returns the domain of each offer for the rule, "": none. By
// hostname an existing node is a domain, an offer to be launched as many as there
// are launches.
func (r *ruleReader) domainValues(stated *kube.DomainRule, offers []supply.Offer) []string {
	ofProfile, counts := make([]string, len(r.supply.Profiles)), make([]bool, len(r.supply.Profiles))
	for v := range ofProfile {
		node := r.supply.Profiles[v].Node
		if counts[v] = stated.Counts(node); counts[v] {
			if value, ok := node.Labels[stated.Key]; ok {
				ofProfile[v] = "=" + value
			}
		}
	}
	values, open := make([]string, len(offers)), map[string]bool{}
	for i := range values {
		o := &offers[i]
		switch {
		case stated.Key != corev1.LabelHostname:
			values[i] = ofProfile[o.Profile]
		case o.Existing != nil && (stated.Kind != kube.Spread || counts[o.Profile]):
			values[i] = "=" + o.Existing.Node.Labels[corev1.LabelHostname]
		}
		open[values[i]] = open[values[i]] || o.Existing != nil || !o.Closed
		counted := values[i] != "" || stated.Key == corev1.LabelHostname
		if stated.Kind == kube.Together && o.Existing == nil && counted && r.supply.CrewOn(o, stated.Selects) > 0 {
			values[i] = "=" + strings.TrimPrefix(values[i], "=") + withDaemon
		}
	}
	for i := range values {
		if stated.Kind == kube.Spread && !open[values[i]] {
			values[i] = "" // a closed domain is none
		}
	}
	return values
}

// withDaemon ends the name of a domain, of nodes that bring with them whom a pod must be
// with.
const withDaemon = "\x00daemon"

// key tells rules apart.
func (d *DomainRule) key() string {
	b := binary.AppendVarint(nil, int64(d.Kind))
	b = binary.AppendVarint(b, d.Most)
	if d.Sparse {
		b = append(b, 1)
	}
	for k, in := range d.member {
		if in {
			b = binary.AppendUvarint(b, uint64(k))
		}
	}
	b = append(b, 0xff)
	for _, n := range d.DomainOf {
		b = binary.AppendVarint(b, int64(n))
	}
	for _, n := range d.Before {
		b = binary.AppendVarint(b, n)
	}
	return string(b)
}

// content describes the rule without the order of kinds in the Problem.
func (d *DomainRule) content(kinds []Kind, requests [][]int64) string {
	var parts []string
	for k := range kinds {
		if d.owner[k] || d.member[k] {
			parts = append(parts, fmt.Sprint(d.owner[k], d.member[k], requests[k], kinds[k].Count, kinds[k].Pod.Labels))
		}
	}
	slices.Sort(parts)
	return fmt.Sprintf("%d %020d %v %v %v %s", d.Kind, d.Most, d.Sparse, d.DomainOf, d.Before, strings.Join(parts, ";"))
}

// overBins returns the rule over bins; each bin has these offers.
func (d *DomainRule) overBins(offersIn [][]int) model.Rule {
	r := model.Rule{Kind: d.Kind, Most: d.Most, Sparse: d.Sparse, Before: d.Before, Domain: make([]int, len(offersIn))}
	for b, offers := range offersIn {
		r.Domain[b] = d.DomainOf[offers[0]]
	}
	return r
}
