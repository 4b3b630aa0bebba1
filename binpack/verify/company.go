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
	company, placed, waits := in.residentCompany(), map[*reading.Kind]bool{}, map[*reading.Kind]bool{}
	placeable := bound.Placeable(&in.bound)
	for k, of := range in.kinds {
		if waits[of.kind] = len(of.kind.Rules.Affinities) > 0; placeable[k] {
			placed[of.kind] = true
		}
	}
	for found := true; found; {
		found = false
		for _, of := range in.kinds {
			kind := of.kind
			if waits[kind] && (company[kind.Rules.Affinities[0].Number] || wants(kind, kind)) {
				waits[kind] = false
			}
			if !waits[kind] && placed[kind] {
				for _, rule := range kind.Rules.SelectedBy.Affinities {
					found = found || !company[rule]
					company[rule] = true
				}
			}
		}
	}
	for kind, is := range waits {
		if !is {
			delete(waits, kind)
		}
	}
	return waits
}

// residentCompany returns the affinities that select a pod beside which pods can be placed: one that comes with a
// node, or that runs in a domain with a usable node.
func (in *instance) residentCompany() map[int]bool {
	out := map[int]bool{}
	for _, t := range slices.Concat(in.templates, in.problem.Existing.Nodes) {
		for _, load := range t.Residents {
			for _, rule := range load.Kind.Rules.SelectedBy.Affinities {
				out[rule] = out[rule] || !slices.ContainsFunc(in.problem.Rules.Affinities.Rule(rule).Keys, func(key string) bool { return !in.reaches(t, key) })
			}
		}
	}
	return out
}

// reaches reports whether a usable node is in the domain of a node under a key.
func (in *instance) reaches(t *reading.NodeTemplate, key string) bool {
	if key == corev1.LabelHostname {
		return slices.Contains(in.templates, t)
	}
	domain, ok := naive.Domain(t.Node, key)
	return ok && slices.ContainsFunc(in.templates, func(o *reading.NodeTemplate) bool {
		other, ok := naive.Domain(o.Node, key)
		return ok && other == domain
	})
}
