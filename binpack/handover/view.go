package handover

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// A view is what a State says about a task: which pod is where, and which slot each
// is meant for.
type view struct {
	state  State
	items  []*item
	nodes  map[string]*corev1.Node // by what the handover calls them; those that are there
	ready  map[string]bool         // nodes that its pods can run on, once they are released
	behind bool                    // a binding is not shown yet
	broke  map[string]bool         // gangs with a pod that has no node

	placeholders map[string]*corev1.Pod // by their names
}

// nameOf returns the name of a node of the handover.
func (v *view) nameOf(id string) string {
	if node := v.nodes[id]; node != nil {
		return node.Name
	}
	return id
}

// An item is one live pod of the task.
type item struct {
	pod    *corev1.Pod  // as the handover has it
	live   *corev1.Pod  // as the cluster shows it; nil: it is gone
	slot   int          // -1: no slot is left for it
	node   string       // of the slot, as the handover calls it; "": none
	target *corev1.Node // of the slot; nil: it is not there
	kind   *occupancy.Kind
	memory *memory
	why    occupancy.Refusal // what keeps it off its target, of a pod that is moved
	closed bool              // a placeholder or the barrier keeps it off its target, or did until lately
}

// waits reports whether the pod still needs a node.
func (it *item) waits() bool { return it.live != nil && it.live.Spec.NodeName == "" }

// held reports whether the taint of the handover, a placeholder, or the barrier keeps the pod
// off its node. The taint does not hold pods that tolerate every taint.
func (it *item) held() bool {
	return it.closed || slices.ContainsFunc(it.target.Spec.Taints, func(t corev1.Taint) bool {
		return isHold(t) && kube.Untolerated(it.live.Spec.Tolerations, []corev1.Taint{t}, t.Effect) != nil
	})
}

// A looker reads what the cluster shows.
type looker struct{ run *run }

// look reads a State.
func (l looker) look(s State) *view {
	v := &view{state: s, placeholders: l.run.guard.find(s), nodes: map[string]*corev1.Node{}, ready: map[string]bool{}, broke: map[string]bool{}}
	live := map[podKey]*corev1.Pod{}
	for _, pod := range s.Pods {
		if _, mine := l.run.task.kindOf[occupancy.KeyOf(pod)]; mine {
			live[occupancy.KeyOf(pod)] = pod
		}
	}
	l.findNodes(v)
	for kind, pods := range l.run.task.kinds {
		// Nodes that are not there come last: pods that are fewer than planned leave
		// their room empty.
		there, lost := []int{}, []int{}
		for _, i := range l.run.slotsOf[kind] {
			if l.run.lost(v, l.run.task.slots[i].node) {
				lost = append(lost, i)
			} else {
				there = append(there, i)
			}
		}
		items := l.find(v, pods, live)
		l.match(v, items, append(there, lost...))
		v.items = append(v.items, items...)
	}
	for _, it := range v.items {
		if id := it.memory.moved; id != "" && it.waits() {
			it.node, it.target = id, v.nodes[id]
		}
	}
	stands := l.run.guard.barrier.standsOn(v, l.run.driver.Clock()) != nil
	for _, it := range v.items {
		it.closed = it.waits() && l.run.releasing.IsZero() && l.run.guard.closed(it, stands)
		if it.node != "" {
			v.ready[it.node] = v.ready[it.node] && isReadyFor(it)
		}
	}
	if !l.run.settling.IsZero() && !l.run.stage.ordered {
		l.breakGangs(v)
	}
	return v
}

// findNodes finds the nodes of the handover.
func (l looker) findNodes(v *view) {
	byName := map[string]*corev1.Node{}
	for _, n := range v.state.Nodes {
		byName[n.Name] = n
	}
	for _, id := range l.run.ids {
		node := byName[id]
		if node == nil {
			if i := slices.IndexFunc(v.state.Nodes, func(n *corev1.Node) bool { return isNode(n, id) }); i >= 0 {
				node = v.state.Nodes[i]
			}
		}
		if node != nil && node.DeletionTimestamp == nil {
			v.nodes[id] = node
			v.ready[id] = isReady(node)
		}
	}
}

// isReady reports whether the kubelet of the node says that it takes pods.
func isReady(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// isReadyFor reports whether nothing but the taint of the handover keeps the pod off
// its node: other startup taints do as long as they are there.
func isReadyFor(it *item) bool {
	return it.live == nil || it.target == nil || kube.Untolerated(it.live.Spec.Tolerations,
		slices.DeleteFunc(slices.Clone(it.target.Spec.Taints), isHold), corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
}

// find returns the pods of one kind as items without slots.
func (l looker) find(v *view, pods []*corev1.Pod, live map[podKey]*corev1.Pod) []*item {
	var items []*item
	for _, pod := range pods {
		it := &item{pod: pod, slot: -1, memory: l.run.memoryOf(pod)}
		if found := live[occupancy.KeyOf(pod)]; found != nil && samePod(pod, found) && !kube.Terminated(found) && found.DeletionTimestamp == nil {
			it.live = found
			if on := it.memory.bound; on != "" && found.Spec.NodeName == "" { // the cache is behind
				it.live = found.DeepCopy()
				it.live.Spec.NodeName = on
				v.behind = true
			}
			it.kind = l.run.kinds.Of(it.live)
		}
		items = append(items, it)
	}
	return items
}

// match gives the pods of one kind slots, the first that are open: to those that are
// bound where one is, to those that are nominated for one, to those that were given
// one before, and to the others in their order.
func (l looker) match(v *view, items []*item, open []int) {
	at := map[string][]int{} // open slots, by the name of the node
	for _, i := range open {
		id := l.run.task.slots[i].node
		if node := v.nodes[id]; node != nil {
			at[node.Name] = append(at[node.Name], i)
		} else if !l.run.lost(v, id) { // pods may be nominated for it before it is there
			at[id] = append(at[id], i)
		}
	}
	used := map[int]bool{}
	take := func(it *item, name string) {
		if slots := at[name]; it.slot < 0 && len(slots) > 0 {
			it.slot, at[name] = slots[0], slots[1:]
			used[it.slot] = true
		}
	}
	for _, it := range items {
		if it.live != nil && !it.waits() {
			take(it, it.live.Spec.NodeName)
		}
	}
	for _, it := range items {
		if it.waits() {
			take(it, it.live.Status.NominatedNodeName)
		}
	}
	for _, it := range items {
		if it.waits() {
			take(it, it.memory.node)
		}
	}
	open = slices.DeleteFunc(open, func(i int) bool { return used[i] })
	for _, it := range items {
		if it.waits() && it.slot < 0 && len(open) > 0 {
			it.slot, open = open[0], open[1:]
		}
		if it.slot >= 0 {
			it.node = l.run.task.slots[it.slot].node
			it.target = v.nodes[it.node]
		}
	}
}

// gangOf returns the pod's gang; "": it is of none.
func (l looker) gangOf(pod *corev1.Pod) string {
	if label := l.run.task.handover.Problem.GangLabel; label != "" {
		return pod.Labels[label]
	}
	return ""
}

// breakGangs finds the gangs with a pod that has no node: none of their pods is handed
// over.
func (l looker) breakGangs(v *view) {
	for _, it := range v.items {
		if gang := l.gangOf(it.pod); gang != "" && it.waits() && it.slot >= 0 && l.run.lost(v, it.node) {
			v.broke[gang] = true
		}
	}
}
