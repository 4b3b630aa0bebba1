package reading

import (
	"iter"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// ChoiceBeside yields the nodes that the template's pool could launch for these pods in
// its place, of all that is available before the plan: where a pod has a rule about the
// pods of a domain, or a volume, those with the same value of its key.
func (s *Supply) ChoiceBeside(t *NodeTemplate, loads []Load) iter.Seq[*corev1.Node] {
	var keys []string
	for _, l := range loads {
		keys = append(keys, l.Kind.fixed()...)
	}
	return func(yield func(*corev1.Node) bool) {
		for node := range s.Choice(t.Pool, loads) {
			if !slices.ContainsFunc(keys, func(key string) bool { return !alike(t.Node, node, key) }) && !yield(node) {
				return
			}
		}
	}
}

func alike(a, b *corev1.Node, key string) bool {
	x, has := naive.Domain(a, key)
	y, also := naive.Domain(b, key)
	return x == y && has == also
}

// fixed returns the label keys that a pod of the kind leaves one value of to choose from.
func (k *Kind) fixed() []string {
	var keys []string
	for _, ref := range k.Rules.Spreads {
		keys = append(keys, ref.Rule.Key)
	}
	for _, ref := range k.Rules.AntiAffinities {
		keys = append(keys, ref.Rule.Key)
	}
	for _, ref := range k.Rules.Affinities {
		keys = append(keys, ref.Rule.Keys...)
	}
	for _, t := range k.Volumes.Terms() {
		for _, e := range t.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	return slices.DeleteFunc(keys, func(key string) bool { return key == corev1.LabelHostname })
}

// LeavesEnough reports whether the pool could launch a node for a pod of the kind alone
// that leaves as many values as its MinValues ask for.
func (s *Supply) LeavesEnough(p *Pool, kind *Kind) bool {
	alone := []Load{{Kind: kind, Count: 1}}
	return slices.ContainsFunc(s.Templates(p, kind), func(t *NodeTemplate) bool {
		return s.Most[t.Key] > 0 && t.Holds(alone) && s.leavesEnough(t, alone)
	})
}

// leavesEnough reports whether a node of the template with these pods leaves as many values
// as its pool's MinValues ask for.
func (s *Supply) leavesEnough(t *NodeTemplate, loads []Load) bool {
	_, few := naive.TooFewValues(t.Pool.Spec.MinValues, s.ChoiceBeside(t, loads))
	return !few
}
