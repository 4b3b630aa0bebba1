package provision

import (
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/karpenter/pkg/controllers/state"

	"github.com/stowage/stowage/binpack/handover"
)

// A held knows which pods handovers that run lead to which nodes. A restart loses it: then
// the nodes that the taint holds, and the pods that are nominated for them, are handed over
// anew.
type held struct {
	mu    sync.Mutex
	pods  map[types.UID]bool
	meant map[string][]*corev1.Pod // by the name of the NodeClaim, or of a node without one
	fresh map[string]bool          // NodeClaims whose nodes a handover releases
}

func newHeld() *held {
	return &held{pods: map[types.UID]bool{}, meant: map[string][]*corev1.Pod{}, fresh: map[string]bool{}}
}

// begin notes the pods of a handover by their nodes. The function returned forgets them.
func (h *held) begin(meant map[string][]*corev1.Pod, fresh []string) (end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, pods := range meant {
		h.meant[name] = append(h.meant[name], pods...)
		for _, pod := range pods {
			h.pods[pod.UID] = true
		}
	}
	for _, name := range fresh {
		h.fresh[name] = true
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		mine := map[types.UID]bool{}
		for name, pods := range meant {
			for _, pod := range pods {
				mine[pod.UID] = true
				delete(h.pods, pod.UID)
			}
			h.meant[name] = slices.DeleteFunc(h.meant[name], func(pod *corev1.Pod) bool { return mine[pod.UID] })
			if len(h.meant[name]) == 0 {
				delete(h.meant, name)
			}
		}
		for _, name := range fresh {
			delete(h.fresh, name)
		}
	}
}

// without returns the pods that no handover leads.
func (h *held) without(pods []*corev1.Pod) []*corev1.Pod {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(pods, func(pod *corev1.Pod) bool { return h.pods[pod.UID] })
}

// meantFor returns the pods that a handover leads to a node.
func (h *held) meantFor(n *state.StateNode) []*corev1.Pod {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.meant[nameOf(n)])
}

// isOrphan reports whether the taint holds a node and no handover releases it.
func (h *held) isOrphan(n *state.StateNode) bool {
	if n.NodeClaim == nil || n.MarkedForDeletion() || !isHeld(n) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.fresh[n.NodeClaim.Name]
}

// isHeld reports whether a node has the taint of the handover, or will have it.
func isHeld(n *state.StateNode) bool {
	taints := n.NodeClaim.Spec.StartupTaints
	if n.Node != nil && n.Registered() {
		taints = n.Node.Spec.Taints
	}
	return slices.ContainsFunc(taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey })
}

// nameOf returns the name that a node has from its claim on.
func nameOf(n *state.StateNode) string {
	if n.NodeClaim != nil {
		return n.NodeClaim.Name
	}
	return n.Node.Name
}
