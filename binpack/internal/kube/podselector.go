package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A PodSelector selects pods by labels and namespace.
type PodSelector struct {
	labels     labels.Selector
	namespaces func(string) bool
	staying    bool // none that is being deleted
}

// String returns whom the labels select, as a person would write it.
func (s PodSelector) String() string {
	_, some := s.labels.Requirements()
	switch {
	case s.labels.Empty():
		return "all pods"
	case !some:
		return "no pod"
	}
	return s.labels.String()
}

// Matches reports whether the pod is selected.
func (s PodSelector) Matches(pod *corev1.Pod) bool {
	return (!s.staying || pod.DeletionTimestamp == nil) && s.namespaces(Namespace(pod)) && s.labels.Matches(labels.Set(pod.Labels))
}

// Namespace returns the pod's namespace, which is default where none is
// stated.
func Namespace(pod *corev1.Pod) string {
	if pod.Namespace == "" {
		return metav1.NamespaceDefault
	}
	return pod.Namespace
}

// Namespaces are the labels of namespaces by name.
type Namespaces map[string]labels.Set

// NamespacesOf returns the labels of the namespaces. Each has its name as a
// label, whatever it states.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
func NamespacesOf(list []*corev1.Namespace) Namespaces {
	out := Namespaces{}
	for _, n := range list {
		out[n.Name] = labels.Merge(n.Labels, labels.Set{corev1.LabelMetadataName: n.Name})
	}
	return out
}

func (n Namespaces) of(name string) labels.Set {
	if set, ok := n[name]; ok {
		return set
	}
	return labels.Set{corev1.LabelMetadataName: name}
}

// selector returns a label selector with the owner's values of more keys, In
// or NotIn them; keys that the owner lacks do not count. No selector, or one
// that is invalid, selects nothing.
func selector(s *metav1.LabelSelector, owner *corev1.Pod, in, notIn []string) labels.Selector {
	if s == nil {
		return labels.Nothing()
	}
	s = s.DeepCopy()
	add := func(keys []string, op metav1.LabelSelectorOperator) {
		for _, k := range keys {
			if v, ok := owner.Labels[k]; ok {
				s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{Key: k, Operator: op, Values: []string{v}})
			}
		}
	}
	add(in, metav1.LabelSelectorOpIn)
	add(notIn, metav1.LabelSelectorOpNotIn)
	out, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return labels.Nothing()
	}
	return out
}

// selectorKeys returns the label keys that a selector reads.
func selectorKeys(s *metav1.LabelSelector, more ...string) []string {
	keys := slices.Clone(more)
	if s != nil {
		for k := range s.MatchLabels {
			keys = append(keys, k)
		}
		for _, e := range s.MatchExpressions {
			keys = append(keys, e.Key)
		}
	}
	return keys
}
