package estimate

import (
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// rules are the rules between pods. A counter counts pods of some kinds by the domains of
// a topology key; a rule of a kind asks a counter. Domains of the hostname are nodes: they
// are counted on the node itself.
type rules struct {
	counters []counter
	of       [][]rule // kind → its rules
	adds     [][]int  // kind → counters that count it
}

// counter counts pods of the kinds for which counts is true.
type counter struct {
	host   bool
	domain []int // group → domain of its nodes; -1: the key is missing
	sizes  int   // number of domains
	counts []bool
}

type ruleKind int

const (
	spread ruleKind = iota // the domain has at most skew more than the emptiest
	with                   // the domain has one
	apart                  // the domain has none
)

type rule struct {
	kind    ruleKind
	counter int
	skew    int
	open    []int // spread: domains that count for the least
	self    bool  // the counter counts the kind itself
}

// compileRules writes the rules between pods as counters.
func (m *Model) compileRules() error {
	m.rules = rules{of: make([][]rule, len(m.Kinds)), adds: make([][]int, len(m.Kinds))}
	for k := range m.Kinds {
		if err := m.kindRules(k); err != nil {
			return fmt.Errorf("kind %d: %w", k, err)
		}
	}
	m.portRules()
	for c := range m.rules.counters {
		for k, counts := range m.rules.counters[c].counts {
			if counts {
				m.rules.adds[k] = append(m.rules.adds[k], c)
			}
		}
	}
	return nil
}

// kindRules adds the rules that a kind states.
func (m *Model) kindRules(k int) error {
	pod := m.Kinds[k].Pod
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		sel, err := selector(c.LabelSelector, c.MatchLabelKeys, nil, pod)
		if err != nil {
			return err
		}
		counts := m.selected(func(o *corev1.Pod) bool {
			return o.Namespace == pod.Namespace && sel.Matches(labels.Set(o.Labels))
		})
		r := rule{kind: spread, counter: m.counter(c.TopologyKey, counts), skew: int(c.MaxSkew), self: counts[k]}
		r.open = m.openDomains(k, r.counter, c)
		m.rules.of[k] = append(m.rules.of[k], r)
	}
	a := pod.Spec.Affinity
	if a == nil {
		return nil
	}
	for _, t := range terms(a.PodAffinity, nil) {
		counts, err := m.ofTerm(t, pod)
		if err != nil {
			return err
		}
		m.rules.of[k] = append(m.rules.of[k], rule{kind: with, counter: m.counter(t.TopologyKey, counts), self: counts[k]})
	}
	for _, t := range terms(nil, a.PodAntiAffinity) {
		counts, err := m.ofTerm(t, pod)
		if err != nil {
			return err
		}
		m.rules.of[k] = append(m.rules.of[k], rule{kind: apart, counter: m.counter(t.TopologyKey, counts), self: counts[k]})
		m.repel(k, t.TopologyKey, counts)
	}
	return nil
}

// repel keeps pods that an anti-affinity of kind k selects from where pods of k are.
func (m *Model) repel(k int, key string, counts []bool) {
	owner := make([]bool, len(m.Kinds))
	owner[k] = true
	c := m.counter(key, owner)
	for o, hit := range counts {
		if hit && o != k {
			m.rules.of[o] = append(m.rules.of[o], rule{kind: apart, counter: c})
		}
	}
}

// portRules keep kinds apart that want one port of a node.
func (m *Model) portRules() {
	for k := range m.Kinds {
		mine := hostPorts(m.Kinds[k].Pod)
		if len(mine) == 0 {
			continue
		}
		counts := m.selected(func(o *corev1.Pod) bool { return clash(mine, hostPorts(o)) })
		m.rules.of[k] = append(m.rules.of[k], rule{kind: apart, counter: m.counter(corev1.LabelHostname, counts), self: true})
	}
}

func (m *Model) selected(is func(*corev1.Pod) bool) []bool {
	counts := make([]bool, len(m.Kinds))
	for k := range m.Kinds {
		counts[k] = is(m.Kinds[k].Pod)
	}
	return counts
}

// ofTerm returns the kinds that a term of pod selects. Labels of namespaces are not known: a
// namespace selector selects all namespaces where it is empty, and else none.
func (m *Model) ofTerm(t corev1.PodAffinityTerm, pod *corev1.Pod) ([]bool, error) {
	sel, err := selector(t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys, pod)
	if err != nil {
		return nil, err
	}
	all := t.NamespaceSelector != nil && len(t.NamespaceSelector.MatchLabels)+len(t.NamespaceSelector.MatchExpressions) == 0
	own := len(t.Namespaces) == 0 && t.NamespaceSelector == nil
	return m.selected(func(o *corev1.Pod) bool {
		in := all || own && o.Namespace == pod.Namespace || slices.Contains(t.Namespaces, o.Namespace)
		return in && sel.Matches(labels.Set(o.Labels))
	}), nil
}

// selector returns a selector with what the pod's own labels add to it.
func selector(s *metav1.LabelSelector, match, mismatch []string, pod *corev1.Pod) (labels.Selector, error) {
	sel, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil, err
	}
	add := func(keys []string, op metav1.LabelSelectorOperator) error {
		for _, key := range keys {
			v, ok := pod.Labels[key]
			if !ok {
				continue
			}
			more, err := metav1.LabelSelectorAsSelector(&metav1.LabelSelector{
				MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: op, Values: []string{v}}},
			})
			if err != nil {
				return err
			}
			reqs, _ := more.Requirements()
			sel = sel.Add(reqs...)
		}
		return nil
	}
	if err := add(match, metav1.LabelSelectorOpIn); err != nil {
		return nil, err
	}
	return sel, add(mismatch, metav1.LabelSelectorOpNotIn)
}

// counter returns the index of the counter of these kinds over the domains of key.
func (m *Model) counter(key string, counts []bool) int {
	c := counter{host: key == corev1.LabelHostname, counts: counts, domain: make([]int, len(m.Groups))}
	values := make(map[string]int)
	for g := range m.Groups {
		v, ok := m.Groups[g].Node.Labels[key]
		if !ok || c.host {
			c.domain[g] = -1
			continue
		}
		if _, ok := values[v]; !ok {
			values[v] = len(values)
		}
		c.domain[g] = values[v]
	}
	c.sizes = len(values)
	for i, o := range m.rules.counters {
		if o.host == c.host && slices.Equal(o.domain, c.domain) && slices.Equal(o.counts, c.counts) {
			return i
		}
	}
	m.rules.counters = append(m.rules.counters, c)
	return len(m.rules.counters) - 1
}

// openDomains returns the domains whose emptiest one counts: those of nodes that the
// pod's policies admit. nil: a domain is thought to be empty.
func (m *Model) openDomains(k, c int, s *corev1.TopologySpreadConstraint) []int {
	var open []int
	pod := m.Kinds[k].Pod
	honor := s.NodeAffinityPolicy == nil || *s.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor
	taints := s.NodeTaintsPolicy != nil && *s.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor
	required := nodeaffinity.GetRequiredNodeAffinity(pod)
	for g := range m.Groups {
		node := m.Groups[g].Node
		if ok, err := required.Match(node); honor && (err != nil || !ok) || taints && !tolerates(pod, node) {
			continue
		}
		if d := m.rules.counters[c].domain[g]; d >= 0 && !slices.Contains(open, d) {
			open = append(open, d)
		}
	}
	if s.MinDomains != nil && len(open) < int(*s.MinDomains) {
		return nil
	}
	return open
}

// allowed returns how many pods of kind k the rules over domains let onto nodes of group
// g, however many nodes there are.
func (m *Model) allowed(s *State, k, g int) int {
	most := math.MaxInt
	for _, r := range m.rules.of[k] {
		c := &m.rules.counters[r.counter]
		if c.host {
			continue
		}
		d := c.domain[g]
		if d < 0 {
			if r.kind != apart {
				return 0
			}
			continue
		}
		counts := s.counts[r.counter]
		if r.kind == spread {
			most = min(most, r.spread(counts, d))
		} else {
			most = min(most, r.near(counts[d], r.kind == with && sum(counts) == 0))
		}
		if most == 0 {
			return 0
		}
	}
	return most
}

// near returns how many more pods a domain may get by a rule that keeps them apart from
// those that it has, or with them; none says that no domain has one.
func (r *rule) near(have int, none bool) int {
	switch {
	case r.kind == apart && have > 0, r.kind == with && have == 0 && !(r.self && none):
		return 0
	case r.kind == apart && r.self:
		return 1
	}
	return math.MaxInt
}

// spread returns how many more domain d may get.
func (r *rule) spread(counts []int, d int) int {
	least := math.MaxInt // of the other domains
	for _, o := range r.open {
		if o != d {
			least = min(least, counts[o])
		}
	}
	switch {
	case r.open == nil:
		least = 0
	case least == math.MaxInt: // d is the only one
		return math.MaxInt
	}
	room := r.skew + least - counts[d]
	if r.self {
		return max(room, 0)
	}
	if room < 0 {
		return 0
	}
	return math.MaxInt
}

// perNode returns how many pods of kind k the rules over nodes let onto one with these
// pods by kind; nil: an empty one.
func (m *Model) perNode(s *State, k int, on []int32) int {
	most := math.MaxInt
	for _, r := range m.rules.of[k] {
		c := &m.rules.counters[r.counter]
		if !c.host {
			continue
		}
		have := 0
		for o, n := range on {
			if n > 0 && c.counts[o] {
				have += int(n)
			}
		}
		if r.kind != spread {
			most = min(most, r.near(have, r.kind == with && s.counts[r.counter][0] == 0))
		} else if room := r.skew - have; r.self || room < 0 { // a new node can be empty: the least is 0
			most = min(most, room)
		}
		if most <= 0 {
			return 0
		}
	}
	return most
}

// overDomains reports whether some rule of kind k is over more than a node.
func (m *Model) overDomains(k int) bool {
	return slices.ContainsFunc(m.rules.of[k], func(r rule) bool {
		return r.kind == with || !m.rules.counters[r.counter].host
	})
}

// Local reports whether no rule ties nodes together, so that the nodes of earlier rounds
// do not matter.
func (m *Model) Local() bool {
	for k := range m.Kinds {
		if m.overDomains(k) {
			return false
		}
	}
	return true
}

func sum(v []int) int {
	n := 0
	for _, x := range v {
		n += x
	}
	return n
}
