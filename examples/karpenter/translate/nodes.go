package translate

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack"
)

// existing returns a node as Karpenter's state shows it: one that is on its way has labels,
// taints and room of its NodeClaim.
func existing(n Node, daemons []*corev1.Pod) binpack.ExistingNode {
	s := n.State
	labels := map[string]string{}
	maps.Copy(labels, s.Labels())
	labels[corev1.LabelHostname] = s.HostName()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: s.Name(), Labels: labels}}
	node.Spec.Taints = s.Taints()
	node.Status.Allocatable = s.Allocatable()
	if s.Node != nil {
		node.Spec.ProviderID, node.Spec.Unschedulable = s.Node.Spec.ProviderID, s.Node.Spec.Unschedulable
	}
	e := binpack.ExistingNode{Node: node, Joining: !s.Initialized(), Pool: labels[v1.NodePoolLabelKey]}
	for _, pod := range n.Pods {
		if pod.Spec.NodeName != node.Name { // meant for it
			pod = pod.DeepCopy()
			pod.Spec.NodeName = node.Name
		}
		e.Pods = append(e.Pods, pod)
	}
	if !e.Joining {
		e.Pods = append(e.Pods, missing(s, n.Pods, daemons)...)
	}
	return e
}

// missing returns the daemons that a node which is up does not run yet, as copies on it:
// Karpenter keeps room for them.
func missing(s *state.StateNode, there, daemons []*corev1.Pod) []*corev1.Pod {
	var out []*corev1.Pod
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: s.Name(), Labels: s.Labels()}}
	for _, d := range daemons {
		owner := metav1.GetControllerOfNoCopy(d)
		runs := slices.ContainsFunc(there, func(pod *corev1.Pod) bool {
			of := metav1.GetControllerOfNoCopy(pod)
			return owner != nil && of != nil && of.UID == owner.UID
		})
		if runs || scheduling.Taints(s.Taints()).ToleratesPod(d) != nil {
			continue
		}
		if fits, err := nodeaffinity.GetRequiredNodeAffinity(d).Match(node); err != nil || !fits {
			continue
		}
		pod := d.DeepCopy()
		pod.Spec.NodeName = s.Name()
		out = append(out, pod)
	}
	return out
}
