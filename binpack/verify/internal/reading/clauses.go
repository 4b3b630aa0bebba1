package reading

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// A clause is what one term of a rule asks of the keys that a launch leaves open. A choice
// of values meets it or does not.
type clause struct {
	asks  []naive.OpenKey // per open key; without requirements: nothing
	exact bool            // of a daemon pod: to meet it is no better than not to
}

// clauses returns what the rules of the kinds and of the daemon pods ask of open
// keys. Beside its terms a rule sees nothing of the values that are chosen, but for
// keys where each value counts.
func (s *Supply) clauses(open []naive.OpenKey, kinds []*Kind) []clause {
	var out []clause
	add := func(terms []corev1.NodeSelectorTerm, exact bool) {
		for _, t := range terms {
			if c, reads := clauseOf(open, t, exact); reads {
				out = append(out, c)
			}
		}
	}
	for _, k := range kinds {
		add(askedTerms(k.Pod), false)
		add(preferredTerms(k.Pod), false)
		add(k.Volumes.Terms(), false)
	}
	for _, d := range s.daemons {
		add(askedTerms(d.Template()), true)
	}
	return out
}

// clauseOf returns what a term asks of the open keys, and whether that is anything.
func clauseOf(open []naive.OpenKey, t corev1.NodeSelectorTerm, exact bool) (c clause, reads bool) {
	c = clause{make([]naive.OpenKey, len(open)), exact}
	for _, e := range t.MatchExpressions {
		for i, o := range open {
			if naive.Current(e.Key) == o.Key {
				c.asks[i].Key, c.asks[i].On, reads = o.Key, append(c.asks[i].On, e), true
			}
		}
	}
	return c, reads
}

// askedTerms returns the terms that the pod requires one of, each with what its node
// selector says.
func askedTerms(pod *corev1.Pod) []corev1.NodeSelectorTerm {
	var always []corev1.NodeSelectorRequirement
	for _, key := range slices.Sorted(maps.Keys(pod.Spec.NodeSelector)) {
		always = append(always, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{pod.Spec.NodeSelector[key]}})
	}
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return []corev1.NodeSelectorTerm{{MatchExpressions: always}}
	}
	var out []corev1.NodeSelectorTerm
	for _, t := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		out = append(out, corev1.NodeSelectorTerm{MatchExpressions: slices.Concat(always, t.MatchExpressions)})
	}
	return out
}

func preferredTerms(pod *corev1.Pod) []corev1.NodeSelectorTerm {
	var out []corev1.NodeSelectorTerm
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		for _, p := range a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			out = append(out, p.Preference)
		}
	}
	return out
}

// A pick is values of the first open keys, and the clauses that they leave to be met.
type pick struct {
	values []string
	alive  []bool
}

// choices returns choices of labels for the launches of a machine by a pool: enough that whatever
// pods of the kinds can do with any choice they can do with one of these, and with each
// value of the keys that the vocabulary tells apart. ok is false where there are more
// than most.
func (s *Supply) choices(p *Pool, machine *catalog.InstanceType, kinds []*Kind, most int) (choices []map[string]string, ok bool) {
	id := fmt.Sprint(machine.Choices, s.told(kinds, p))
	if known, ok := p.choices[id]; ok {
		return known, true
	}
	opens := p.openOf(machine)
	clauses := s.clauses(opens, kinds)
	picks := []pick{{alive: slices.Repeat([]bool{true}, len(clauses))}}
	for i, open := range opens {
		var longer []pick
		seen := map[string]bool{}
		for _, before := range picks {
			for _, next := range s.extended(before, i, open, clauses) {
				if name := s.nameOf(next, opens); !seen[name] {
					seen[name] = true
					longer = append(longer, next)
				}
			}
			if len(longer) > most {
				return nil, false
			}
		}
		picks = longer
	}
	for _, made := range picks {
		var labels map[string]string
		for i, open := range opens {
			if labels == nil {
				labels = map[string]string{}
			}
			labels[open.Key] = made.values[i]
		}
		choices = append(choices, labels)
	}
	p.choices[id] = choices
	return choices, true
}

// extended returns the picks with one more value: those that no other stands for.
func (s *Supply) extended(before pick, key int, open naive.OpenKey, clauses []clause) []pick {
	var out []pick
	for _, value := range s.vocabulary().Distinct(open) {
		next := pick{append(slices.Clip(before.values), value), slices.Clone(before.alive)}
		for i := range clauses {
			ask := &clauses[i].asks[key]
			next.alive[i] = next.alive[i] && (len(ask.On) == 0 || ask.Allows(value))
		}
		out = append(out, next)
	}
	if s.vocabulary().Apart(open.Key) {
		return out
	}
	var kept []pick
	for i, a := range out {
		replaced := slices.ContainsFunc(kept, func(b pick) bool { return standsFor(b, a, clauses) }) ||
			slices.ContainsFunc(out[i+1:], func(b pick) bool { return standsFor(b, a, clauses) && !standsFor(a, b, clauses) })
		if !replaced {
			kept = append(kept, a)
		}
	}
	return kept
}

// standsFor reports whether a meets what b does, and of daemon pods just that.
func standsFor(a, b pick, clauses []clause) bool {
	for i := range clauses {
		if b.alive[i] && !a.alive[i] || clauses[i].exact && a.alive[i] != b.alive[i] {
			return false
		}
	}
	return true
}

// nameOf names all that tells a pick from others.
func (s *Supply) nameOf(p pick, open []naive.OpenKey) string {
	name := make([]byte, len(p.alive))
	for i, is := range p.alive {
		if is {
			name[i] = 1
		}
	}
	for i, value := range p.values {
		if s.vocabulary().Apart(open[i].Key) {
			name = fmt.Appendf(name, "%q", value)
		}
	}
	return string(name)
}
