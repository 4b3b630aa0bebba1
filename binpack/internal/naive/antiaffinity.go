package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// antiAffinity returns the limits that the pod's required anti-affinity by node
// sets: beside it, its node holds no pod that a term selects. A term that
// selects the pod itself allows for that one.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
func antiAffinity(pod *corev1.Pod, namespaces []corev1.Namespace) []Limit {
	var out []Limit
	for i, t := range antiAffinityTerms(pod) {
		selector := selectorOf(pod, t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys)
		if !byNode(t) || selector == nil {
			continue
		}
		of := podSelector{namespaces: t.Namespaces, among: labels.Nothing(), known: namespaces, labels: selector}
		switch {
		case t.NamespaceSelector != nil:
			if among, err := metav1.LabelSelectorAsSelector(t.NamespaceSelector); err == nil {
				of.among = among
			}
		case len(t.Namespaces) == 0:
			of.namespaces = []string{namespaceOf(pod)}
		}
		most := int64(0)
		if of.selects(pod) {
			most = 1
		}
		out = append(out, Limit{most, PodAntiAffinity, antiAffinityPath(i), selectorString(selector), of.content(), of.selects})
	}
	return out
}

func antiAffinityTerms(pod *corev1.Pod) []corev1.PodAffinityTerm {
	a := pod.Spec.Affinity
	if a == nil || a.PodAntiAffinity == nil {
		return nil
	}
	return a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}

// byNode reports whether the term is one that antiAffinity states.
func byNode(t corev1.PodAffinityTerm) bool {
	return current(t.TopologyKey) == corev1.LabelHostname
}

func antiAffinityPath(i int) string {
	return fmt.Sprintf("spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[%d]", i)
}

// otherAntiAffinity returns the path of the first required term that
// antiAffinity does not state, or "".
func otherAntiAffinity(pod *corev1.Pod) string {
	for i, t := range antiAffinityTerms(pod) {
		if !byNode(t) {
			return antiAffinityPath(i)
		}
	}
	return ""
}
