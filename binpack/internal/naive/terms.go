package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A Term is a rule of a pod about others in its domain: on the nodes with the
// same value of a label.
type Term struct {
	Key  string // of the label, by its present name
	Path string // the rule, from the pod
	Rule string // whom it selects

	idle    bool // selects no pod, whatever pods there are
	content string
	selects func(*corev1.Pod) bool
}

// Selects reports whether the term is about the pod.
func (t Term) Selects(pod *corev1.Pod) bool { return t.selects(pod) }

// Content names all of the term but where it is written. Terms of one content
// are alike.
func (t Term) Content() string { return t.Key + ";" + t.content }

// ByNode reports whether each node is a domain of the term.
func (t Term) ByNode() bool { return t.Key == corev1.LabelHostname }

// Domain returns the node's domain under a key, and whether it is in one. New
// nodes share a hostname that is not known; each is a domain of its own.
func Domain(node *corev1.Node, key string) (string, bool) { return label(node, key) }

// termsOf reads the required terms of a pod's affinity or anti-affinity, under
// a path. One without a selector selects no pod.
func termsOf(pod *corev1.Pod, path string, terms []corev1.PodAffinityTerm, namespaces []*corev1.Namespace) []Term {
	var out []Term
	for i, t := range terms {
		selector := selectorOf(pod, t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys)
		of := podSelector{namespaces: t.Namespaces, among: labels.Nothing(), known: namespaces, labels: selector}
		switch {
		case t.NamespaceSelector != nil:
			if among, err := metav1.LabelSelectorAsSelector(t.NamespaceSelector); err == nil {
				of.among = among
			}
		case len(t.Namespaces) == 0:
			of.namespaces = []string{namespaceOf(pod)}
		}
		out = append(out, Term{
			Key:  Current(t.TopologyKey),
			Path: fmt.Sprintf("%s.requiredDuringSchedulingIgnoredDuringExecution[%d]", path, i),
			Rule: selectorString(selector), idle: isNothing(selector), content: of.content(), selects: of.selects,
		})
	}
	return out
}
