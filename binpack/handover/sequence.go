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
// nomination. So the nodes of the pods that are tried first come first, in that order; then
// those with pods of high priority, which preempt; then those that have the least to
// spare.
func (r *run) sequence(v *view, nodes []*corev1.Node) []*corev1.Node {
	var waiting []*item
	for _, it := range v.items {
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
	type rank struct {
		priority int32
		spare    int // kinds of waiting pods that have room for one more
		tried    int // place in the queue of the first of its pods
	}
	ranks := map[string]rank{}
	for i, it := range slices.Backward(waiting) {
		ranks[it.target.Name] = rank{priority: priorityOf(it.live), tried: i}
	}
	end := r.end(v)
	for _, n := range nodes {
		at, known := ranks[n.Name]
		if !known {
			at.tried = len(waiting)
		}
		at.spare = end.byName[n.Name].spare(waiting)
		ranks[n.Name] = at
	}
	slices.SortStableFunc(nodes, func(a, b *corev1.Node) int {
		p, q := ranks[a.Name], ranks[b.Name]
		if min(p.tried, q.tried) < heads {
			return cmp.Compare(p.tried, q.tried)
		}
		return cmp.Or(cmp.Compare(q.priority, p.priority), cmp.Compare(p.spare, q.spare), cmp.Compare(p.tried, q.tried))
	})
	return nodes
}

// spare returns of how many kinds of the pods the node has room for one more.
func (p *place) spare(pods []*item) int {
	seen := map[*kind]bool{}
	n := 0
	for _, it := range pods {
		if seen[it.kind] {
			continue
		}
		seen[it.kind] = true
		p.put(it.kind, 1)
		if p.admits(it.kind) && p.holds(it.kind) && p.keeps(it.kind) {
			n++
		}
		p.put(it.kind, -1)
	}
	return n
}
