package handover

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// batch returns the nodes that are released next. While nodes are released
// kube-scheduler tries pods: a node is released when all its pods are nominated, so that
// nobody else gets their room.
func (r *run) batch(v *view, nodes []*corev1.Node, now time.Time) []*corev1.Node {
	patient := r.releasing.IsZero() || now.Sub(r.releasing) < stormy
	bare := map[string]bool{}
	for _, it := range v.items {
		if r.waitsOn(v, it) && it.held() && it.live.Status.NominatedNodeName != it.target.Name && it.memory.given < maxGiven {
			bare[it.target.Name] = patient
		}
	}
	nodes = slices.DeleteFunc(r.sequence(v, nodes), func(n *corev1.Node) bool { return bare[n.Name] })
	if r.releasing.IsZero() && len(nodes) > 0 {
		r.releasing = now
	}
	return nodes[:min(len(nodes), r.driver.atOnce)]
}

// sequence sorts nodes as they are best released. The first release makes
// kube-scheduler try all pods at once, in an order of its own, and it goes on trying
// while the other nodes are released. A pod that it tries too early goes to any node
// that was released and has room to spare, preempts what it may, or loses its
// nomination. So nodes with pods of high priority come first, which preempt and are
// tried first; then those that have the least to spare; and of these, those first whose
// pods are tried first.
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
	end := (mover{r}).end(v)
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

// hasRoom reports whether one more pod of the kind fits.
func (p *place) hasRoom(k *kind) bool {
	for name, q := range k.requests {
		most, stated := p.node.Status.Allocatable[name]
		if !stated && isUnlimited(name) || q.IsZero() {
			continue
		}
		sum := p.used[name].DeepCopy()
		sum.Add(q)
		if sum.Cmp(most) > 0 {
			return false
		}
	}
	return true
}
