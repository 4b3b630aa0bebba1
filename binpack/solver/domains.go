package solver

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A domainRule is a rule about the pods of one domain, over kinds.
type domainRule struct {
	model.Rule // whose Domain is per offer
	parties
	stated  map[int]kube.DomainRule // per owner, as its pod states it
	domains []string                // values of the key, by number
	name    string
}

// domainKeys returns the topology keys of the rules about the pods of a domain,
// by their current names.
func domainKeys(kinds []kind, there []resident) []string {
	var keys []string
	add := func(pod *corev1.Pod) {
		for _, r := range kube.DomainRules(pod, nil) {
			if r.Key != corev1.LabelHostname {
				keys = append(keys, r.Key)
			}
		}
	}
	for i := range kinds {
		add(kinds[i].pod)
	}
	for i := range there {
		add(there[i].pod)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// domainRulesOf returns the rules of the kinds about the pods of one domain, in
// an order that depends on content. Equal rules of several owners are one.
func (c *compiled) domainRulesOf(namespaces kube.Namespaces, requests [][]int64) []domainRule {
	var rules []domainRule
	index := map[string]int{}
	for i := range c.kinds {
		if c.kinds[i].blocked != nil {
			continue
		}
		for _, r := range kube.DomainRules(c.kinds[i].pod, namespaces) {
			if r.Preferred && (c.scope.held != allPreferences || c.kinds[i].relaxed) {
				continue
			}
			d := c.domainRule(&r, i)
			key := d.key()
			if _, ok := index[key]; !ok {
				index[key] = len(rules)
				rules = append(rules, d)
			}
			own := &rules[index[key]]
			if stated, twice := own.stated[i]; !twice || stated.Preferred {
				own.stated[i] = r
			}
			own.owner[i] = true
		}
	}
	for i := range rules {
		rules[i].name = rules[i].content(c.kinds, requests)
	}
	slices.SortStableFunc(rules, func(a, b domainRule) int { return strings.Compare(a.name, b.name) })
	return rules
}

// domainRule finds the members and domains of a rule of a kind.
func (c *compiled) domainRule(r *kube.DomainRule, owner int) domainRule {
	d := domainRule{parties: c.parties(r.Selects, r.Preferred && r.Kind != kube.Together), stated: map[int]kube.DomainRule{}}
	switch d.Kind, d.Most = kindOfRule[r.Kind], r.MaxSkew; {
	case r.Kind == kube.Apart && d.member[owner]:
		d.Most = 1
	case r.Kind == kube.Apart:
		d.Most = 0
	}
	values := c.domainValues(r)
	domains := slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }))))
	d.Before = make([]int64, len(domains))
	d.Domain = make([]int, len(values))
	for i, v := range values {
		at, ok := slices.BinarySearch(domains, v)
		switch o := &c.supply.offers[i]; {
		case !ok:
			d.Domain[i] = model.NoDomain
			if r.Key == corev1.LabelHostname {
				d.Domain[i] = model.EachNode
			}
		case o.node != nil:
			d.Before[at] += c.countThere(r, o.node.number)
			d.Domain[i] = at
		default:
			d.Domain[i] = at
		}
	}
	d.Sparse = r.MinDomains > int64(len(domains))
	for _, v := range domains {
		d.domains = append(d.domains, strings.TrimPrefix(v, "="))
	}
	return d
}

var kindOfRule = [...]model.RuleKind{kube.Spread: model.Spread, kube.Apart: model.Apart, kube.Together: model.Together}

// countThere counts the pods on a node that is up which the rule selects.
func (c *compiled) countThere(r *kube.DomainRule, node int) int64 {
	sum := int64(0)
	for _, there := range c.supply.there {
		if n := there.on[node]; n > 0 && r.Selects(there.pod) {
			sum += n
		}
	}
	return sum
}

// domainValues returns the domain of each offer for the rule, "": none. By
// hostname an offer that is up is a domain, one to be launched as many as there
// are launches.
func (c *compiled) domainValues(r *kube.DomainRule) []string {
	ofView := make([]string, len(c.supply.views))
	for v := range ofView {
		if node := c.supply.views[v].Node; r.Counts(node) {
			if value, ok := node.Labels[r.Key]; ok {
				ofView[v] = "=" + value
			}
		}
	}
	values := make([]string, len(c.supply.offers))
	for i := range values {
		o := &c.supply.offers[i]
		switch {
		case r.Key != corev1.LabelHostname:
			values[i] = ofView[o.view]
		case o.node != nil:
			values[i] = "=" + o.node.Name
		}
	}
	return values
}

// key tells rules apart.
func (d *domainRule) key() string {
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
	for _, n := range d.Domain {
		b = binary.AppendVarint(b, int64(n))
	}
	for _, n := range d.Before {
		b = binary.AppendVarint(b, n)
	}
	return string(b)
}

// content describes the rule without the order of kinds in the Problem.
func (d *domainRule) content(kinds []kind, requests [][]int64) string {
	var parts []string
	for k := range kinds {
		if d.owner[k] || d.member[k] {
			parts = append(parts, fmt.Sprint(d.owner[k], d.member[k], requests[k], kinds[k].count, kinds[k].pod.Labels))
		}
	}
	slices.Sort(parts)
	return fmt.Sprintf("%d %020d %v %v %v %s", d.Kind, d.Most, d.Sparse, d.Domain, d.Before, strings.Join(parts, ";"))
}

// barred reports whether the rules bar a kind from an offer, whatever else is
// placed: a node without a topology key that a rule of it needs, in a domain with a
// pod that it must be apart from, or with one that must be apart from it. Pods of a
// node that is up are there before.
func (c *compiled) barred(kind, offer int) bool {
	labels := c.supply.views[c.supply.offers[offer].view].Labels
	for _, key := range c.kinds[kind].keys {
		if _, ok := labels[key]; !ok && key != corev1.LabelHostname {
			return true
		}
	}
	for i := range c.kindRules {
		r := &c.kindRules[i]
		if d := r.Domain[offer]; r.Kind == model.Apart && r.owner[kind] && d >= 0 && r.Before[d] > 0 {
			return true
		}
	}
	return slices.ContainsFunc(c.repelled, func(r repulsion) bool { return r.kinds[kind] && labels[r.key] == r.value })
}

// A repulsion is a pod on a node that is up that keeps kinds out of its domain.
type repulsion struct {
	key, value string
	kinds      []bool
	path       string // of the rule in the Problem
	whom       string // the rule selects, as a person would write it
}

// repelledByThere returns the repulsions over other keys than the hostname.
func (c *compiled) repelledByThere(namespaces kube.Namespaces) []repulsion {
	var out []repulsion
	seen := map[string]bool{}
	for _, there := range c.supply.there {
		for _, r := range kube.DomainRules(there.pod, namespaces) {
			if r.Kind != kube.Apart || r.Preferred {
				continue
			}
			for i := range c.supply.offers {
				node := c.supply.offers[i].node
				if node == nil || there.on[node.number] == 0 {
					continue
				}
				if value, ok := node.Labels[r.Key]; ok {
					out = c.repel(out, seen, repulsion{key: r.Key, value: value, path: there.path + "." + r.Path, whom: r.Whom}, r.Selects)
				}
			}
		}
	}
	return out
}

func (c *compiled) repel(out []repulsion, seen map[string]bool, r repulsion, selects func(*corev1.Pod) bool) []repulsion {
	r.kinds = make([]bool, len(c.kinds))
	for k := range c.kinds {
		r.kinds[k] = selects(c.kinds[k].pod)
	}
	if key := fmt.Sprint(r.key, r.value, r.kinds); !seen[key] && slices.Contains(r.kinds, true) {
		seen[key] = true
		out = append(out, r)
	}
	return out
}

// overBins returns a rule over offers as one over bins.
func (c *compiled) overBins(r model.Rule) model.Rule {
	ofOffer := r.Domain
	r.Domain = make([]int, len(c.offersIn))
	for b, offers := range c.offersIn {
		r.Domain[b] = ofOffer[offers[0]]
	}
	return r
}
