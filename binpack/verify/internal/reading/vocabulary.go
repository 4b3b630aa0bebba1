package reading

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// A Vocabulary says which values of a node label rules can tell apart: those
// that they name, and all where they compare numbers or count by value. To
// rules any two other values are alike.
type Vocabulary struct {
	named    map[string]map[string]bool // by key
	apart    map[string]bool            // keys where each value counts
	discerns map[string]bool            // keys that rules about the pods of many nodes read
}

// NewVocabulary returns the vocabulary of the rules about nodes that the pods
// state.
func NewVocabulary(pods []*corev1.Pod) *Vocabulary {
	v := &Vocabulary{named: map[string]map[string]bool{}, apart: map[string]bool{}, discerns: map[string]bool{}}
	for _, pod := range pods {
		for key, value := range pod.Spec.NodeSelector {
			v.name(key, value)
		}
		for _, t := range nodeTerms(pod) {
			v.AddTerm(t)
		}
		v.addSplits(pod)
	}
	return v
}

// addSplits adds the keys by which the pod's rules about other pods split the nodes.
func (v *Vocabulary) addSplits(pod *corev1.Pod) {
	for _, key := range topologyKeys(pod) {
		v.AddKey(key)
	}
}

// addDomains adds the keys that rules about the pods of many nodes read: of a pod that
// waits, what splits the nodes, and of one with a spread which nodes count; of another one
// what its anti-affinity splits them by.
func (v *Vocabulary) addDomains(pod *corev1.Pod, waits bool) {
	keys := apartKeys(pod)
	if waits {
		keys = topologyKeys(pod)
		if len(pod.Spec.TopologySpreadConstraints) > 0 {
			keys = append(keys, nodeKeys(pod)...)
		}
	}
	for _, key := range keys {
		v.discerns[naive.Current(key)] = true
	}
}

// AddKey tells all values of the key apart.
func (v *Vocabulary) AddKey(key string) { v.apart[naive.Current(key)] = true }

// Apart reports whether all values of the key are told apart.
func (v *Vocabulary) Apart(key string) bool { return v.apart[key] }

// AddTerm adds what a term of a node selector names.
func (v *Vocabulary) AddTerm(t corev1.NodeSelectorTerm) {
	for _, e := range t.MatchExpressions {
		switch e.Operator {
		case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
			v.AddKey(e.Key)
		default:
			v.name(e.Key, e.Values...)
		}
	}
}

func (v *Vocabulary) name(key string, values ...string) {
	key = naive.Current(key)
	if v.named[key] == nil {
		v.named[key] = map[string]bool{}
	}
	for _, value := range values {
		v.named[key][value] = true
	}
}

// Distinct returns the values of the key that are told apart, and one of those
// that are alike.
func (v *Vocabulary) Distinct(o naive.OpenKey) []string {
	if !o.Stated {
		return v.distinctOfAny(o)
	}
	if v.apart[o.Key] {
		return o.Values
	}
	unnamed := 0
	return slices.DeleteFunc(slices.Clone(o.Values), func(value string) bool {
		if !v.named[o.Key][value] {
			unnamed++
		}
		return !v.named[o.Key][value] && unnamed > 1
	})
}

// nodeTerms returns the terms of the pod's node affinity, required or
// preferred.
func nodeTerms(pod *corev1.Pod) []corev1.NodeSelectorTerm {
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil {
		return nil
	}
	out := slices.Clone(requiredTerms(pod))
	for _, p := range a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		out = append(out, p.Preference)
	}
	return out
}

// requiredTerms returns the terms of the pod's required node affinity.
func requiredTerms(pod *corev1.Pod) []corev1.NodeSelectorTerm {
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// nodeKeys returns the label keys that a pod requires something of.
func nodeKeys(pod *corev1.Pod) []string {
	keys := slices.Collect(maps.Keys(pod.Spec.NodeSelector))
	for _, t := range requiredTerms(pod) {
		for _, e := range t.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// topologyKeys returns the keys by which rules between pods split the nodes.
func topologyKeys(pod *corev1.Pod) []string {
	var out []string
	for _, c := range pod.Spec.TopologySpreadConstraints {
		out = append(out, c.TopologyKey)
	}
	a := pod.Spec.Affinity
	if a == nil {
		return out
	}
	if with := a.PodAffinity; with != nil {
		for _, t := range with.RequiredDuringSchedulingIgnoredDuringExecution {
			out = append(out, t.TopologyKey)
		}
	}
	return append(out, apartKeys(pod)...)
}

// apartKeys returns the keys by which the pod's anti-affinity splits the nodes.
func apartKeys(pod *corev1.Pod) []string {
	var out []string
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		for _, t := range a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
			out = append(out, t.TopologyKey)
		}
	}
	return out
}

// distinctOfAny returns the values of a key that rules name and the pool allows, and one
// that none names.
func (v *Vocabulary) distinctOfAny(o naive.OpenKey) []string {
	var out []string
	for _, value := range slices.Sorted(maps.Keys(v.named[o.Key])) {
		if o.Allows(value) {
			out = append(out, value)
		}
	}
	tries := []string{"any"}
	for _, r := range o.On {
		for _, value := range r.Values {
			if n, err := strconv.Atoi(value); err == nil {
				tries = append(tries, strconv.Itoa(n-1), strconv.Itoa(n), strconv.Itoa(n+1))
			}
			tries = append(tries, value+"-other")
		}
	}
	for i := range len(v.named[o.Key]) + 1 {
		tries = append(tries, fmt.Sprint("other-", i))
	}
	for _, value := range tries {
		if !v.named[o.Key][value] && o.Allows(value) {
			return append(out, value)
		}
	}
	return out
}

// AddLabels adds the values that a node which is there has.
func (v *Vocabulary) AddLabels(node *corev1.Node) {
	for key, value := range node.Labels {
		v.name(key, value)
	}
}

// Unnamed reports whether the node is of a launch that chose a value of the key that no
// rule names: any other such value would do as well.
func (s *Supply) Unnamed(t *NodeTemplate, key string) bool {
	if len(t.Chosen) == 0 {
		return false
	}
	key = naive.Current(key)
	value, _ := naive.Domain(t.Node, key)
	return !s.vocabulary().named[key][value] && slices.ContainsFunc(t.Pool.openOf(t.Machine), func(o naive.OpenKey) bool { return o.Key == key && !o.Stated })
}
