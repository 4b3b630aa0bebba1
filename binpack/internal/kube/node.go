package kube

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Node is what rules see of a node.
type Node struct {
	Name   string            // UnknownName: not there yet
	Labels map[string]string // aliases included
	Taints []corev1.Taint
}

// UnknownName is the name and hostname of a node that is not there yet: one
// that no selector can state. With an empty name the helpers would take field
// selectors for met.
const UnknownName = "\x00"

// ExistingNode returns a node that exists. Its hostname is its name where no label states
// one. Cordoned, it has the taint that the node controller gives it.
//
// https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration
func ExistingNode(node *corev1.Node) Node {
	n := Node{Name: node.Name, Labels: maps.Clone(node.Labels), Taints: node.Spec.Taints}
	if n.Labels == nil {
		n.Labels = map[string]string{}
	}
	if _, stated := n.Labels[corev1.LabelHostname]; !stated {
		n.Labels[corev1.LabelHostname] = node.Name
	}
	nodelabel.AddAliases(n.Labels)
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	if node.Spec.Unschedulable && !slices.ContainsFunc(n.Taints, func(t corev1.Taint) bool { return t.MatchTaint(&cordon) }) {
		n.Taints = append(slices.Clone(n.Taints), cordon)
	}
	return n
}

func (n Node) object() *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Name, Labels: n.Labels}}
}
