package supply

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// ways are the choices of values that launches of a pool have, by the Choices of their
// types.
type ways struct {
	profiles *profiler
	problem  *binpack.Problem
	pool     int
	known    map[string]way
}

// A way is the choices of values that launches of one type have.
type way struct {
	choices []map[string]string
	bySet   [][]map[string]string // of each rule set by itself; nil: choices are all
}

func newWays(f *profiler, p *binpack.Problem, pool int) *ways {
	return &ways{f, p, pool, map[string]way{}}
}

func (w *ways) of(choices map[string][]string) way {
	key := fmt.Sprint(choices)
	found, known := w.known[key]
	if !known {
		found.choices, found.bySet = w.profiles.choices(w.problem, w.pool, choices)
		w.known[key] = found
		w.profiles.supply.Partial = w.profiles.supply.Partial || found.bySet != nil
	}
	return found
}

// askedOfAll returns the labels whose value each launch says: a rule reads
// them that is not about the pods of one node, or a daemon does.
func askedOfAll(p *binpack.Problem, s *Supply, topology []string) map[string]bool {
	asked := map[string]bool{}
	add := func(keys []string) {
		for _, key := range keys {
			asked[nodelabel.Canonical(key)] = true
		}
	}
	add(topology)
	for i := range s.Daemons {
		add(s.Daemons[i].Rules.Keys())
	}
	for i := range s.Pools {
		for key := range s.Pools[i].MinValues {
			add([]string{key})
		}
		for _, r := range s.Pools[i].Requirements {
			add([]string{r.Key})
		}
	}
	spread := func(pod *corev1.Pod) { // only nodes that its rules admit may count
		for _, c := range pod.Spec.TopologySpreadConstraints {
			add([]string{c.TopologyKey})
			add(kube.NodeRulesOf(pod).Keys())
		}
	}
	for _, pod := range p.Pods {
		spread(pod)
	}
	for i := range p.Workloads {
		spread(p.Workloads[i].Pod)
	}
	return asked
}

// Labels returns the values that a launch of the offer states, for pods with these rule
// sets: not those of its type's Choices that nobody asks about.
func (s *Supply) Labels(o *Offer, sets []*kube.RuleSet) map[string]string {
	labels := maps.Clone(o.Chosen)
	if o.Type == nil || len(o.Type.Choices) == 0 {
		return labels
	}
	asked := map[string]bool{}
	for _, set := range sets {
		for _, key := range set.Keys() {
			asked[nodelabel.Canonical(key)] = true
		}
	}
	for key := range o.Type.Choices {
		if !asked[key] && !s.asked[key] {
			delete(labels, key)
		}
	}
	if len(labels) == 0 {
		return nil
	}
	return labels
}

// maxLeftOpen bounds the keys whose choices Stated tries to leave open.
const maxLeftOpen = 4

// Stated returns each set of labels that a launch of the offer may state: all that it
// chooses, and with some of its type's Choices left open.
func (o *Offer) Stated() []map[string]string {
	out := []map[string]string{o.Chosen}
	if o.Type == nil || len(o.Type.Choices) > maxLeftOpen {
		return out
	}
	for key := range o.Type.Choices {
		if _, chosen := o.Chosen[key]; !chosen {
			continue
		}
		for _, labels := range out {
			less := maps.Clone(labels)
			delete(less, key)
			out = append(out, less)
		}
	}
	return out
}

// May returns the values that a launch of the offer may choose for a label, by its current
// name, whether or not a rule tells them apart: nil where its type has no choice of it.
// Labels are those of its node as it chooses.
func (s *Supply) May(o *Offer, key string, labels map[string]string) []string {
	if _, chosen := o.Chosen[key]; !chosen {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.Type.Choices[key]), func(value string) bool {
		with := maps.Clone(labels)
		with[key] = value
		nodelabel.AddAliases(with)
		return kube.Unmet(s.Pools[o.Pool].Requirements, with) != nil
	})
}

// WithChoices returns the labels with each way to make the choices that they lack.
func WithChoices(labels map[string]string, choices map[string][]string) []map[string]string {
	all := []map[string]string{labels}
	for _, key := range slices.Sorted(maps.Keys(choices)) {
		if _, stated := nodelabel.Of(labels, key); stated {
			continue
		}
		var more []map[string]string
		for _, of := range all {
			for _, value := range choices[key] {
				with := maps.Clone(of)
				with[key] = value
				more = append(more, with)
			}
		}
		all = more
	}
	return all
}
