package manifest

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// readNodes adds the nodes that are there, and those on their way: NodeClaims that
// are launched and whose node is not there.
func (b *builder) readNodes() {
	claims, there := map[string]*karpenter.NodeClaim{}, map[*karpenter.NodeClaim]bool{}
	for _, o := range b.claims {
		claim := o.value.(*karpenter.NodeClaim)
		claims[claim.Status.ProviderID], claims[claim.Status.NodeName] = claim, claim
	}
	delete(claims, "")
	for _, o := range b.nodeObjects {
		node := o.value.(*corev1.Node)
		claim := claims[node.Name]
		if claim == nil {
			claim = claims[node.Spec.ProviderID]
		}
		if there[claim] = true; joining(node, claim) {
			b.addJoining(withClaim(node, claim))
		} else {
			b.addNode(binpack.ExistingNode{Node: node})
		}
	}
	for _, o := range b.claims {
		claim := o.value.(*karpenter.NodeClaim)
		switch {
		case there[claim]:
		case len(claim.Status.Capacity) == 0:
			b.notes.skip(o, "is not launched", false)
		default:
			b.addJoining(nodeOf(claim))
		}
	}
}

// addNode adds an existing node.
func (b *builder) addNode(n binpack.ExistingNode) {
	p := &b.result.Problem
	b.nodes[n.Node.Name] = len(p.Existing)
	p.Existing = append(p.Existing, n)
}

func (b *builder) addJoining(node *corev1.Node) {
	b.addNode(binpack.ExistingNode{Node: node, Joining: true, Pool: node.Labels[poolLabel]})
}

// joining reports whether a node is not initialized yet. Of Karpenter's nodes its claim
// says so, or else a label; of others the taints that they register with. The claim may
// be nil.
//
// https://karpenter.sh/docs/concepts/nodeclaims/
func joining(node *corev1.Node, claim *karpenter.NodeClaim) bool {
	if claim != nil {
		if c := meta.FindStatusCondition(claim.Status.Conditions, "Initialized"); c != nil {
			return c.Status != metav1.ConditionTrue
		}
	}
	if node.Labels[poolLabel] != "" {
		return node.Labels[initializedLabel] != "true"
	}
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool {
		return t.Key == uninitialized || t.Key == "karpenter.sh/unregistered"
	})
}

// uninitialized is the taint of nodes that the cloud's controller has not seen yet.
const uninitialized = "node.cloudprovider.kubernetes.io/uninitialized"

// withClaim returns a joining node with what its claim knows beside it: labels, resources
// that the node does not state yet, and which taints pass. The claim may be nil.
func withClaim(node *corev1.Node, claim *karpenter.NodeClaim) *corev1.Node {
	if claim == nil {
		return node
	}
	launched, out := nodeOf(claim), node.DeepCopy()
	for key, value := range launched.Labels {
		if _, has := out.Labels[key]; !has {
			metav1.SetMetaDataLabel(&out.ObjectMeta, key, value)
		}
	}
	out.Status.Capacity = withMissing(out.Status.Capacity, launched.Status.Capacity)
	out.Status.Allocatable = withMissing(out.Status.Allocatable, launched.Status.Allocatable)
	out.Spec.Taints = slices.DeleteFunc(out.Spec.Taints, func(t corev1.Taint) bool {
		return slices.ContainsFunc(claim.Spec.StartupTaints, func(s corev1.Taint) bool { return s.MatchTaint(&t) })
	})
	return out
}

// withMissing returns a list with the resources of another that it does not have, or has
// none of.
func withMissing(list, more corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	maps.Copy(out, list)
	for name, q := range more {
		if has, ok := out[name]; !ok || has.IsZero() {
			out[name] = q
		}
	}
	return out
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
