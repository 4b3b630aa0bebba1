package handover

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// sequence sorts nodes as they are best released, one right after the other. The first
// release makes kube-scheduler try all pods at once, in an order of its own, and it goes
// on trying while the other nodes are released. A pod that it tries too early goes to any node
// that was released and has room to spare, preempts what it may, or loses its
// nomination. So the nodes of the pods that are tried first come first: kube-scheduler takes
// those of the highest priority first, then those whose last try is the longest ago.
func (r *run) sequence(items []*item, nodes []*corev1.Node) []*corev1.Node {
	var waiting []*item
	for _, it := range items {
		if it.waits() && it.target != nil {
			waiting = append(waiting, it)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *item) int {
		return cmp.Or(
			cmp.Compare(priorityOf(b.live), priorityOf(a.live)),
			compareVersions(a.memory.change, b.memory.change),
			inQueue(a.live, b.live),
		)
	})
	left := map[string]int{} // from the first of the node's pods on
	for i, it := range slices.Backward(waiting) {
		left[it.target.Name] = len(waiting) - i
	}
	slices.SortStableFunc(nodes, func(a, b *corev1.Node) int { return cmp.Compare(left[b.Name], left[a.Name]) })
	return nodes
}
