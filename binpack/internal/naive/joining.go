package naive

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Joining is what is known of a node that is on its way beside what it says itself.
type Joining struct {
	Passing     []corev1.Taint    // gone once it has joined
	Taints      []corev1.Taint    // that it will have beside those that it says
	Labels      map[string]string // that it will have
	Allocatable Amounts           // of the machine that was launched; nil: not known
}

// Joined returns the node as it will be: of each label what it says itself counts first.
func (j Joining) Joined(node *corev1.Node) *corev1.Node {
	out := node.DeepCopy()
	labels := underCurrentNames(j.Labels)
	maps.Copy(labels, underCurrentNames(node.Labels))
	out.Labels = labels
	out.Spec.Taints = nil
	for _, t := range slices.Concat(node.Spec.Taints, j.Taints) {
		passes := slices.ContainsFunc(j.Passing, func(p corev1.Taint) bool {
			return p.Key == t.Key && (p.Effect == "" || p.Effect == t.Effect)
		})
		if !passes {
			out.Spec.Taints = append(out.Spec.Taints, t)
		}
	}
	return out
}

// Room returns what the node will have to allocate: of each resource the larger of what
// it says and what its machine has.
func (j Joining) Room(node *corev1.Node) Amounts {
	room := AmountsOf(node.Status.Allocatable)
	for name, amount := range j.Allocatable {
		if have, stated := room[name]; !stated || have.Cmp(amount) < 0 {
			room[name] = amount
		}
	}
	return room
}

// Missing returns the daemons that the node admits, as it will be, and that are not among
// its pods.
func Missing(daemons []Daemon, node *corev1.Node, pods []*corev1.Pod) []Daemon {
	return slices.DeleteFunc(slices.Clone(daemons), func(d Daemon) bool {
		return Refuses(d.template, node) != nil || slices.ContainsFunc(pods, d.IsOf)
	})
}

// IsOf reports whether a pod is one of the daemon's: they have one controlling owner; or
// where either has none, the pod has namespace and all labels of the daemon; of one without
// labels the name.
func (d Daemon) IsOf(pod *corev1.Pod) bool {
	ours, theirs := metav1.GetControllerOfNoCopy(d.template), metav1.GetControllerOfNoCopy(pod)
	if ours != nil && theirs != nil {
		return ours.UID == theirs.UID && ours.Kind == theirs.Kind && ours.Name == theirs.Name && namespaceOf(pod) == namespaceOf(d.template)
	}
	if namespaceOf(pod) != namespaceOf(d.template) {
		return false
	}
	if len(d.template.Labels) == 0 {
		return pod.Name == d.template.Name
	}
	for key, value := range d.template.Labels {
		if have, ok := pod.Labels[key]; !ok || have != value {
			return false
		}
	}
	return true
}

// AddMissing adds daemons that are yet to come. That they do not fit is no fault.
func (c *Crew) AddMissing(daemons []Daemon) {
	for _, d := range daemons {
		c.add(d)
	}
}
