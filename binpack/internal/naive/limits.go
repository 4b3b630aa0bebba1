package naive

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A Limit bounds what a node holds beside a pod that has the limit: no more
// than Most of the pods that it selects, the pod itself counted.
type Limit struct {
	Most int64
	Code Code
	Path string // the rule, from the pod
	Rule string // whom it selects

	content string
	selects func(*corev1.Pod) bool
}

// Limits returns what the pod's rules allow on its node. Rules that select no
// pod allow anything; they are left out. Namespaces are those whose labels are
// known.
func Limits(pod *corev1.Pod, namespaces []*corev1.Namespace) []Limit {
	return slices.Concat(spreadLimits(pod), antiAffinityLimits(pod, namespaces), portLimits(pod))
}

// Selects reports whether the limit counts the pod.
func (l Limit) Selects(pod *corev1.Pod) bool { return l.selects(pod) }

// Content names all of the limit but where it is written. Limits of one content
// allow the same.
func (l Limit) Content() string { return fmt.Sprint(l.Code, ";", l.Most, ";", l.content) }
