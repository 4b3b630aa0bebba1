package verify

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// companyless returns the kinds that no plan places, as their affinity keeps them waiting for pods that never come: none
// that it selects runs where a node can be, and each kind that it selects cannot be placed, or waits itself. Pods that their own affinity
// selects may be the first.
func (in *instance) companyless() map[*reading.Kind]bool {
	if !slices.ContainsFunc(in.kinds, func(k valuedKind) bool { return len(k.kind.Rules.Affinities) > 0 }) {
		return nil
	}
	company, waiting := in.residentCompany(), map[int][]*reading.Kind{} // by their affinity
	var ready []*reading.Kind
	placeable := bound.Placeable(&in.bound)
	for k, of := range in.kinds {
		switch kind := of.kind; {
		case !placeable[k] || of.count == 0:
		case len(kind.Rules.Affinities) == 0 || company[kind.Rules.Affinities[0].Number] || wants(kind, kind):
			ready = append(ready, kind)
		default:
			waiting[kind.Rules.Affinities[0].Number] = append(waiting[kind.Rules.Affinities[0].Number], kind)
		}
	}
	for len(ready) > 0 {
		kind := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, rule := range kind.Rules.SelectedBy.Affinities {
			ready = append(ready, waiting[rule]...)
			delete(waiting, rule)
		}
	}
	out := map[*reading.Kind]bool{}
	for _, kinds := range waiting {
		for _, kind := range kinds {
			out[kind] = true
		}
	}
	return out
}

// residentCompany returns the affinities that select a pod beside which pods can be placed: one that comes with a
// node, or that runs in a domain with a usable node.
func (in *instance) residentCompany() map[int]bool {
	out, domains := map[int]bool{}, map[string]map[string]bool{} // domains with usable nodes, by key
	reaches := func(t *reading.NodeTemplate, usable bool, key string) bool {
		if key == corev1.LabelHostname {
			return usable
		}
		if domains[key] == nil {
			domains[key] = map[string]bool{}
			for _, o := range in.templates {
				if domain, ok := naive.Domain(o.Node, key); ok {
					domains[key][domain] = true
				}
			}
		}
		domain, ok := naive.Domain(t.Node, key)
		return ok && domains[key][domain]
	}
	for i, t := range slices.Concat(in.templates, in.problem.Existing.Nodes) {
		for _, load := range t.Residents {
			for _, rule := range load.Kind.Rules.SelectedBy.Affinities {
				far := func(key string) bool { return !reaches(t, i < len(in.templates), key) }
				out[rule] = out[rule] || !slices.ContainsFunc(in.problem.Rules.Affinities.Rule(rule).Keys, far)
			}
		}
	}
	return out
}
