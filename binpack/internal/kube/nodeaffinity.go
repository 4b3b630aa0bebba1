package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// NodeRules are the pod's node selector and required node affinity, and what its
// volumes ask of the node. A node must satisfy all of them.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
type NodeRules struct {
	pod      *corev1.Pod
	affinity nodeaffinity.RequiredNodeAffinity
	volumes  []Reach
}

// NodeRulesOf returns the pod's rules, ready to be matched.
func NodeRulesOf(pod *corev1.Pod) NodeRules {
	return NodeRules{pod: pod, affinity: nodeaffinity.GetRequiredNodeAffinity(pod)}
}

// With returns the rules with what volumes ask for.
func (r NodeRules) With(volumes VolumeRules) NodeRules {
	r.volumes = volumes.Nodes
	return r
}

// OutOfReach returns the volumes of the pod that the node does not reach.
func (r NodeRules) OutOfReach(n Node) []Miss {
	var out []Miss
	for i := range r.volumes {
		if v := &r.volumes[i]; !v.Match(n) {
			out = append(out, Miss{Path: v.Path, Rule: v.String()})
		}
	}
	return out
}

// Match reports whether the node satisfies the rules. No selector on
// kubernetes.io/hostname and no field selector names one that is not there yet.
func (r NodeRules) Match(n Node) bool {
	// An error means a term that cannot be read: such a term matches no node.
	ok, _ := r.affinity.Match(n.object())
	return ok && len(r.OutOfReach(n)) == 0
}

// ByName reports whether the rules read the node's name.
func (r NodeRules) ByName() bool {
	terms := r.terms()
	return slices.ContainsFunc(terms, func(t corev1.NodeSelectorTerm) bool { return len(t.MatchFields) > 0 })
}

// terms returns all terms that the rules read.
func (r NodeRules) terms() []corev1.NodeSelectorTerm {
	terms, _ := RequiredTerms(r.pod)
	terms = slices.Clone(terms)
	for i := range r.volumes {
		terms = append(terms, r.volumes[i].Nodes.NodeSelectorTerms...)
	}
	return terms
}

// Keys returns the label keys that the rules read, sorted.
func (r NodeRules) Keys() []string {
	keys := slices.Collect(maps.Keys(r.pod.Spec.NodeSelector))
	terms := r.terms()
	for _, t := range terms {
		for _, e := range t.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// NeededKeys returns the label keys that a node must have for the rules to match, sorted:
// those of the selector, and those that each term of the affinity needs.
func (r NodeRules) NeededKeys() []string {
	keys := slices.Collect(maps.Keys(r.pod.Spec.NodeSelector))
	terms, _ := RequiredTerms(r.pod)
	for _, t := range terms {
		for _, e := range t.MatchExpressions {
			if e.Operator != corev1.NodeSelectorOpNotIn && e.Operator != corev1.NodeSelectorOpDoesNotExist {
				keys = append(keys, e.Key)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// A Miss is a part of the rules that a node does not satisfy.
type Miss struct {
	Path string                         // the rule, from the pod
	Rule string                         // as a person would write it
	At   string                         // path of what asks for more than the node has
	Drop string                         // path of what to leave out to ask no more; "": nothing will do
	Asks corev1.NodeSelectorRequirement // of the node's labels; without a key: of something else
}

// Misses returns the parts of selector and affinity that the node does not
// satisfy: entries of the selector, and of the affinity those of the term that
// comes nearest.
func (r NodeRules) Misses(n Node) []Miss {
	var out []Miss
	for _, k := range slices.Sorted(maps.Keys(r.pod.Spec.NodeSelector)) {
		want := r.pod.Spec.NodeSelector[k]
		if v, ok := n.Labels[k]; !ok || v != want {
			asks := corev1.NodeSelectorRequirement{Key: k, Operator: corev1.NodeSelectorOpIn, Values: []string{want}}
			at := "spec.nodeSelector[" + k + "]"
			out = append(out, Miss{"spec.nodeSelector", k + "=" + want, at, at, asks})
		}
	}
	if terms, path := RequiredTerms(r.pod); path != "" && !matchesOne(terms, n) {
		out = append(out, nearest(terms, path, n)...)
	}
	return out
}

func matchesOne(terms []corev1.NodeSelectorTerm, n Node) bool {
	// Of terms that cannot be read Match returns an error beside what the others say.
	ok, _ := nodeaffinity.NewLazyErrorNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: terms}).Match(n.object())
	return ok
}

// nearest returns what the node misses of the term that it misses least of.
func nearest(terms []corev1.NodeSelectorTerm, path string, n Node) []Miss {
	all := Miss{Path: path, Rule: termsString(terms), At: path}
	var best []Miss
	for i, t := range terms {
		at := fmt.Sprintf("%s.nodeSelectorTerms[%d]", path, i)
		var misses []Miss
		for j, e := range t.MatchExpressions {
			if !matchesOne([]corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{e}}}, n) {
				m := Miss{Path: path, Rule: all.Rule, At: fmt.Sprintf("%s.matchExpressions[%d]", at, j), Asks: e}
				switch {
				case len(t.MatchExpressions)+len(t.MatchFields) > 1:
					m.Drop = m.At
				case len(terms) == 1:
					m.Drop = path
				}
				misses = append(misses, m)
			}
		}
		if len(t.MatchFields) > 0 && !matchesOne([]corev1.NodeSelectorTerm{{MatchFields: t.MatchFields}}, n) {
			misses = append(misses, Miss{Path: path, Rule: all.Rule, At: at + ".matchFields"})
		}
		if len(misses) > 0 && (best == nil || len(misses) < len(best)) {
			best = misses
		}
	}
	if best == nil { // all terms are empty
		return []Miss{all}
	}
	return best
}

// RequiredTerms returns the terms of the pod's required node affinity and their path from
// the pod; "": it has none. A node must match one term.
func RequiredTerms(pod *corev1.Pod) (terms []corev1.NodeSelectorTerm, path string) {
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, ""
	}
	path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms, path
}

func termsString(terms []corev1.NodeSelectorTerm) string {
	var parts []string
	for _, t := range terms {
		parts = append(parts, termString(t))
	}
	return strings.Join(parts, ", or ")
}

func termString(t corev1.NodeSelectorTerm) string {
	var parts []string
	for _, e := range slices.Concat(t.MatchExpressions, t.MatchFields) {
		parts = append(parts, RequirementString(e))
	}
	if len(parts) == 0 {
		return "an empty term, which matches no node"
	}
	return strings.Join(parts, " and ")
}

// RequirementString returns a requirement as a person would write it.
func RequirementString(e corev1.NodeSelectorRequirement) string {
	switch e.Operator {
	case corev1.NodeSelectorOpExists:
		return e.Key + " exists"
	case corev1.NodeSelectorOpDoesNotExist:
		return "no " + e.Key
	case corev1.NodeSelectorOpGt:
		return e.Key + " > " + strings.Join(e.Values, ",")
	case corev1.NodeSelectorOpLt:
		return e.Key + " < " + strings.Join(e.Values, ",")
	case OpGte:
		return e.Key + " >= " + strings.Join(e.Values, ",")
	case OpLte:
		return e.Key + " <= " + strings.Join(e.Values, ",")
	case corev1.NodeSelectorOpNotIn:
		return e.Key + " not in [" + strings.Join(e.Values, " ") + "]"
	}
	if len(e.Values) == 1 {
		return e.Key + "=" + e.Values[0]
	}
	return e.Key + " in [" + strings.Join(e.Values, " ") + "]"
}
