package kube

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Joined returns a node that is on its way as it will be once it has joined: with these
// labels beside its own, and without the taints that are gone by then.
func Joined(node *corev1.Node, passing []corev1.Taint, labels ...map[string]string) *corev1.Node {
	out := *node
	out.Labels = map[string]string{}
	for _, set := range append([]map[string]string{node.Labels}, labels...) {
		for key, value := range set {
			if _, known := nodelabel.Of(out.Labels, nodelabel.Canonical(key)); !known {
				out.Labels[nodelabel.Canonical(key)] = value
			}
		}
	}
	for key, value := range node.Labels { // under the key that it uses itself
		out.Labels[key] = value
	}
	out.Spec.Taints = slices.DeleteFunc(slices.Clone(node.Spec.Taints), func(t corev1.Taint) bool {
		return slices.ContainsFunc(passing, func(p corev1.Taint) bool {
			return p.Key == t.Key && (p.Effect == "" || p.Effect == t.Effect)
		})
	})
	return &out
}

// Arrived reports whether one of the pods is the daemon's: it has the same controlling
// owner, or where either states none, the daemon's namespace and all its labels, or where it
// has none its name.
func (d *Daemon) Arrived(pods []*corev1.Pod) bool {
	owner := metav1.GetControllerOfNoCopy(d.Pod)
	return slices.ContainsFunc(pods, func(pod *corev1.Pod) bool {
		if Namespace(pod) != Namespace(d.Pod) {
			return false
		}
		if other := metav1.GetControllerOfNoCopy(pod); owner != nil && other != nil {
			return owner.UID == other.UID && owner.Kind == other.Kind && owner.Name == other.Name
		}
		if len(d.Pod.Labels) == 0 {
			return pod.Name == d.Pod.Name
		}
		for key, value := range d.Pod.Labels {
			if v, ok := pod.Labels[key]; !ok || v != value {
				return false
			}
		}
		return true
	})
}

// goingAway are the taints by which autoscalers say that they remove a node.
var goingAway = []string{"karpenter.sh/disrupted", "ToBeDeletedByClusterAutoscaler"}

// GoingAway reports whether a node takes no pod any more, whatever the pod tolerates: it
// is being deleted, or an autoscaler is about to.
func GoingAway(node *corev1.Node) bool {
	return node.DeletionTimestamp != nil || slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool {
		return t.Effect != corev1.TaintEffectPreferNoSchedule && slices.Contains(goingAway, t.Key)
	})
}
