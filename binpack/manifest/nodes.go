package manifest

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// readNodes adds the nodes that are there, and those on their way: NodeClaims that
// are launched and whose node is not there.
func (b *builder) readNodes() {
	byClaim := map[string]bool{} // provider IDs and names of nodes
	for _, o := range b.nodeObjects {
		node := o.value.(*corev1.Node)
		byClaim[node.Name], byClaim[node.Spec.ProviderID] = true, true
		b.addNode(node)
	}
	for _, o := range b.claims {
		claim := o.value.(*karpenter.NodeClaim)
		switch {
		case claim.Status.NodeName != "" && byClaim[claim.Status.NodeName], claim.Status.ProviderID != "" && byClaim[claim.Status.ProviderID]:
		case len(claim.Status.Capacity) == 0:
			b.notes.skip(o, "is not launched", false)
		default:
			b.addNode(nodeOf(claim))
		}
	}
}

// addNode adds an existing node.
//
// A node that has not joined yet is to be marked as such here, with its launch,
// once ExistingNode can say so (Joining, Launch).
func (b *builder) addNode(node *corev1.Node) {
	p := &b.result.Problem
	b.nodes[node.Name] = len(p.Existing)
	p.Existing = append(p.Existing, binpack.ExistingNode{Node: node})
}

// nodeOf returns the node that a NodeClaim will be.
func nodeOf(claim *karpenter.NodeClaim) *corev1.Node {
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: claim.Status.NodeName, Labels: maps.Clone(claim.Metadata.Labels)},
		Spec:       corev1.NodeSpec{ProviderID: claim.Status.ProviderID, Taints: claim.Spec.Taints},
		Status:     corev1.NodeStatus{Capacity: claim.Status.Capacity, Allocatable: claim.Status.Allocatable},
	}
	if node.Name == "" {
		node.Name = claim.Metadata.Name
	}
	if node.Labels == nil {
		node.Labels = map[string]string{}
	}
	for _, r := range claim.Spec.Requirements {
		if _, has := node.Labels[r.Key]; !has && r.Operator == corev1.NodeSelectorOpIn && len(r.Values) == 1 {
			node.Labels[r.Key] = r.Values[0]
		}
	}
	return node
}
