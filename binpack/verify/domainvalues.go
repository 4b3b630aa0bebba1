package verify

import (
	"fmt"
	"maps"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// A domainValue is what a pod is worth by one cut, where that differs by domain.
type domainValue struct {
	key    string
	values map[string]int64
}

// stated reports whether there is one.
func (v *domainValue) stated() bool { return v != nil }

// least returns the least of the values.
func (v *domainValue) least() int64 {
	least := int64(math.MaxInt64)
	for _, value := range v.values {
		least = min(least, value)
	}
	return least
}

// in returns the value in a domain.
func (v *domainValue) in(domain string) int64 {
	if value, known := v.values[domain]; known {
		return value
	}
	return v.least()
}

// domainValuesOf returns, for each cut, the values that differ by domain, of pods and of
// workloads, by their indices.
func domainValuesOf(p *binpack.Problem, c binpack.Certificate) (ofPods, ofWorkloads []map[int]*domainValue, err error) {
	for i, cut := range c.Cuts {
		pods, workloads := map[int]*domainValue{}, map[int]*domainValue{}
		for _, d := range cut.Domains {
			for _, value := range d.Values {
				if value < 0 {
					return nil, nil, fmt.Errorf("certificate: a value of cut %d is negative", i)
				}
			}
			if len(d.Values) == 0 {
				return nil, nil, fmt.Errorf("certificate: cut %d has domains without values", i)
			}
			of := &domainValue{naive.Current(d.Key), d.Values}
			for _, at := range d.Pods {
				if at < 0 || at >= len(p.Pods) {
					return nil, nil, fmt.Errorf("certificate: cut %d names pod %d of %d", i, at, len(p.Pods))
				}
				pods[at] = of
			}
			for _, at := range d.Workloads {
				if at < 0 || at >= len(p.Workloads) {
					return nil, nil, fmt.Errorf("certificate: cut %d names workload %d of %d", i, at, len(p.Workloads))
				}
				workloads[at] = of
			}
		}
		ofPods, ofWorkloads = append(ofPods, pods), append(ofWorkloads, workloads)
	}
	return ofPods, ofWorkloads, nil
}

// differs reports whether the pods' value differs by domain, by some cut.
func (k *valuedKind) differs() bool {
	return slices.ContainsFunc(k.byDomain, (*domainValue).stated)
}

// key returns the key of the domains by which the pods' values differ; "": they do not.
func (k *valuedKind) key() string {
	if at := slices.IndexFunc(k.byDomain, (*domainValue).stated); at >= 0 {
		return k.byDomain[at].key
	}
	return ""
}

// A division is how a rule spreads the pods of a kind over domains.
type division struct {
	spread  bound.Spread
	key     string
	domains []string
}

// roomy returns the instance with the pods that may be left, without those for which a
// rule leaves no room in any domain; which kind each kind is or was the first of; how
// kinds are divided; and which keep away from each other.
func (in *instance) roomy(left []int64) (out *bound.Instance, first []int, divisions map[int]*division, conflicts map[int][]int) {
	divisions = map[int]*division{}
	out, first = in.gather(slices.Clone(left))
	placeable := bound.Placeable(&in.bound)
	conflicts = in.conflicts(first, placeable)
	for n, k := range first {
		if !placeable[k] { // its pods are not among those that may be left
			continue
		}
		if !in.kinds[k].differs() && out.Left[in.bound.Kinds[k].Level] == 0 {
			continue
		}
		d, named := in.divisionOf(k, placeable)
		if d == nil && len(conflicts[k]) > 0 {
			d = in.looseDivision(k, in.kinds[k].key())
		}
		if d == nil {
			continue
		}
		if named {
			divisions[k] = d
		}
		kind := &out.Kinds[n]
		if surplus := in.kinds[k].count - d.spread.Count; surplus > 0 {
			kind.Count -= surplus
			out.Left[kind.Level] = max(0, out.Left[kind.Level]-surplus)
		}
	}
	return out, first, divisions, conflicts
}

// divided returns the instance with the pods that may be left, in which kinds whose values
// differ by domain are a kind in each, where a rule spreads them over domains.
func (in *instance) divided(left []int64) *bound.Instance {
	plain, first, divisions, conflicts := in.roomy(left)
	var kinds []bound.Kind
	var spreads []bound.Spread
	var of []int         // of each kind, its place in plain
	var domains []string // and its domain
	var keys []string    // and whose; "": of none
	numberOf := map[int]int{}
	for n, k := range first {
		kind := plain.Kinds[n]
		d := divisions[k]
		if d == nil {
			kinds, of, domains, keys = append(kinds, kind), append(of, n), append(domains, ""), append(keys, "")
			continue
		}
		numberOf[k] = len(spreads)
		spreads = append(spreads, d.spread)
		for i, most := range d.spread.Most() {
			part := kind
			part.Count, part.Spread, part.Domain, part.Values = most, len(spreads), i, slices.Clone(kind.Values)
			for cut, by := range in.kinds[k].byDomain {
				if by != nil && by.key == d.key {
					part.Values[cut] = by.in(d.domains[i])
				}
			}
			kinds, of, domains, keys = append(kinds, part), append(of, n), append(domains, d.domains[i]), append(keys, d.key)
		}
	}
	if len(spreads) == 0 {
		return plain
	}
	out := regrouped(plain, kinds, of)
	out.Spreads, out.Aparts = spreads, in.aparts(conflicts, divisions, numberOf)
	for b := range out.Nodes {
		for k, admits := range out.Nodes[b].Admits {
			if keys[k] != "" && admits {
				domain, ok := naive.Domain(in.templates[b].Node, keys[k])
				out.Nodes[b].Admits[k] = ok && domain == domains[k]
			}
		}
	}
	return out
}

// divisionOf returns how a rule divides the pods of kind k, a spread of them alone or an
// anti-affinity to each other: of those over the key that the certificate names for them the
// tightest, or of all, where it names none, the one whose domains have the least room. nil:
// there is no such rule.
func (in *instance) divisionOf(k int, placeable []bool) (*division, bool) {
	kind := &in.kinds[k]
	if kind.count == 0 {
		return nil, false
	}
	var tightest *division
	key, named := kind.key(), kind.differs()
	asked := func(of string) bool { return of == key || !named && of != corev1.LabelHostname }
	var found []*division
	for _, s := range kind.kind.Rules.Spreads {
		if asked(s.Rule.Key) && in.selectsOnly(k, s.Number, placeable, func(s reading.Selection) []int { return s.Spreads }) {
			found = append(found, in.spreadDivision(k, s))
		}
	}
	for _, a := range kind.kind.Rules.AntiAffinities {
		if asked(a.Rule.Key) && slices.Contains(kind.kind.Rules.SelectedBy.AntiAffinities, a.Number) { // whom else it selects does not matter
			found = append(found, in.apartDivision(k, a))
		}
	}
	for _, d := range found {
		if d == nil {
			continue
		}
		d.spread.Count -= d.spread.Surplus()
		_, numbers := d.spread.Least(make([]int64, len(d.domains)))
		switch {
		case numbers == nil:
		case tightest == nil, named && d.spread.Tighter(&tightest.spread), !named && d.spread.Count < tightest.spread.Count:
			tightest = d
		}
	}
	return tightest, named
}

// selectsOnly reports whether a rule selects the pods of kind k, and neither other pods
// that are asked for and that some node holds, nor daemons of launches.
func (in *instance) selectsOnly(k, rule int, placeable []bool, numbers func(reading.Selection) []int) bool {
	for o := range in.kinds {
		if placeable[o] && in.kinds[o].count > 0 && slices.Contains(numbers(in.kinds[o].kind.Rules.SelectedBy), rule) != (o == k) {
			return false
		}
	}
	return !slices.ContainsFunc(in.templates, func(t *reading.NodeTemplate) bool {
		return !t.Exists() && selected(t.Residents, rule, numbers) > 0
	})
}

// spreadDivision returns how a spread divides kind k; nil: some node that may hold its
// pods is in no domain that counts.
func (in *instance) spreadDivision(k int, s reading.Ref[naive.Spread]) *division {
	counts := map[string]int64{}
	for _, t := range in.problem.Landscape(in.kinds[k].kind) {
		if domain, ok := naive.Domain(t.Node, s.Rule.Key); ok && s.Rule.Counts(t.Node) {
			counts[domain] += 0
			if t.Exists() {
				counts[domain] = arith.Add(counts[domain], selected(t.Residents, s.Number, func(s reading.Selection) []int { return s.Spreads }))
			}
		}
	}
	for b := range in.bound.Nodes {
		if !in.bound.Holds(b, k) {
			continue
		}
		domain, ok := naive.Domain(in.templates[b].Node, s.Rule.Key)
		if _, counted := counts[domain]; !ok || !counted || !s.Rule.Counts(in.templates[b].Node) {
			return nil
		}
	}
	d := &division{key: s.Rule.Key, domains: slices.Sorted(maps.Keys(counts))}
	d.spread = bound.Spread{Count: in.kinds[k].count, Skew: s.Rule.MaxSkew, Sparse: s.Rule.LeastOf(int64(len(counts)), 1) == 0}
	for _, domain := range d.domains {
		d.spread.Before = append(d.spread.Before, counts[domain])
	}
	if len(d.domains) == 0 {
		return nil
	}
	return d
}

// apartDivision returns how an anti-affinity of pods to each other divides kind k: one to
// a domain; nil: some node that may hold its pods is in no domain.
func (in *instance) apartDivision(k int, a reading.Ref[naive.Term]) *division {
	seen := map[string]bool{}
	for b := range in.bound.Nodes {
		if !in.bound.Holds(b, k) {
			continue
		}
		domain, ok := naive.Domain(in.templates[b].Node, a.Rule.Key)
		if !ok {
			return nil
		}
		seen[domain] = true
	}
	if len(seen) == 0 {
		return nil
	}
	domains := slices.Sorted(maps.Keys(seen))
	return &division{bound.Spread{Count: in.kinds[k].count, Before: make([]int64, len(domains)), Skew: 1, Sparse: true}, a.Rule.Key, domains}
}
