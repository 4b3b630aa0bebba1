package naive

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A podSelector selects pods by namespace and labels.
type podSelector struct {
	namespaces []string        // by name
	among      labels.Selector // and by the namespace's labels
	known      []*corev1.Namespace
	labels     labels.Selector // of the pod
}

func (s podSelector) selects(pod *corev1.Pod) bool {
	in := namespaceOf(pod)
	return s.labels.Matches(labels.Set(pod.Labels)) &&
		(slices.Contains(s.namespaces, in) || s.among.Matches(namespaceLabels(in, s.known)))
}

// content names all of the selector.
func (s podSelector) content() string {
	names := strings.Join(slices.Compact(slices.Sorted(slices.Values(s.namespaces))), ",")
	return names + ";" + selectorContent(s.among) + ";" + selectorContent(s.labels)
}

// selectorContent names a selector. Its String is empty both of the one that
// selects all and of the one that selects nothing.
func selectorContent(s labels.Selector) string {
	if s.Empty() {
		return "*"
	}
	return s.String()
}

// namespaceOf returns the pod's namespace: "default" where a manifest states
// none.
func namespaceOf(pod *corev1.Pod) string {
	if pod.Namespace == "" {
		return metav1.NamespaceDefault
	}
	return pod.Namespace
}

// namespaceLabels returns the labels of a namespace. Each has its name as one,
// also one that nothing else is known of.
//
// https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#automatic-labelling
func namespaceLabels(name string, all []*corev1.Namespace) labels.Set {
	set := labels.Set{}
	for _, n := range all {
		if n.Name == name {
			set = labels.Merge(set, n.Labels)
		}
	}
	set[corev1.LabelMetadataName] = name
	return set
}

// selectorOf returns the selector of a rule of the pod. It selects nothing where
// there is none, or one that the API would refuse. Under each
// key of match, pods must have the value that the pod itself has, under each of
// mismatch another or none; keys that the pod lacks are ignored.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys
func selectorOf(pod *corev1.Pod, selector *metav1.LabelSelector, match, mismatch []string) labels.Selector {
	if selector == nil {
		return labels.Nothing()
	}
	s := selector.DeepCopy()
	add := func(keys []string, operator metav1.LabelSelectorOperator) {
		for _, key := range keys {
			if value, ok := pod.Labels[key]; ok {
				s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{
					Key: key, Operator: operator, Values: []string{value},
				})
			}
		}
	}
	add(match, metav1.LabelSelectorOpIn)
	add(mismatch, metav1.LabelSelectorOpNotIn)
	compiled, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return labels.Nothing()
	}
	return compiled
}

// isNothing reports whether the selector is one that selects no pod at all.
func isNothing(s labels.Selector) bool {
	_, selectable := s.Requirements()
	return !selectable
}

// selectorString returns the selector as a person would write it.
func selectorString(s labels.Selector) string {
	switch {
	case s.Empty():
		return "all pods"
	case isNothing(s):
		return "no pod"
	}
	return s.String()
}
