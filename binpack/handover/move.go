package handover

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

const maxTries = 2000 // of moving one pod to make room for another, for each that has none

// A mover finds other nodes of the handover for pods that lost their own.
type mover struct{ run *run }

// end returns the world in which all pods that wait may be on their nodes.
func (m mover) end(v *view) *world {
	w := m.run.world(v)
	for _, it := range v.items {
		if m.run.waitsOn(v, it) {
			w.add(it.kind, w.byName[it.target.Name], 1, false)
		}
	}
	return w
}

// rehome gives other nodes to pods whose room something else has taken: pods that
// tolerate every taint, and so could not be held, and what was placed otherwise than
// planned. It reports whether there were any.
func (m mover) rehome(v *view) bool {
	w := m.end(v)
	on := map[*place][]*item{}
	for _, it := range v.items {
		if m.run.waitsOn(v, it) {
			at := w.byName[it.target.Name]
			on[at] = append(on[at], it)
		}
	}
	var full []*item
	for _, at := range w.nodes {
		for {
			it := w.tooMany(at, on[at])
			if it == nil {
				break
			}
			w.add(it.kind, at, -1, false)
			full = append(full, it)
			on[at] = slices.DeleteFunc(on[at], func(other *item) bool { return other == it })
		}
	}
	m.move(v, full)
	return len(full) > 0
}

// tooMany returns one of the pods on the node that must go elsewhere; nil: none must.
func (w *world) tooMany(at *place, pods []*item) *item {
	for _, it := range pods {
		switch it.why = w.refusal(it.kind, at); it.why {
		case byNode:
			return it
		case byRoom:
			return at.leaver(it, pods)
		}
	}
	return nil
}

// leaver returns the pod that leaves the node, which has no room for the given one: of
// those of the lowest priority the smallest that makes room enough, or the largest.
func (p *place) leaver(it *item, pods []*item) *item {
	name, over := p.lacks(it.kind)
	if over.IsZero() { // its host ports clash
		return it
	}
	size := func(it *item) *resource.Quantity { q := it.kind.requests[name]; return &q }
	asking := slices.DeleteFunc(slices.Clone(pods), func(other *item) bool { return size(other).IsZero() })
	out := slices.MinFunc(asking, func(a, b *item) int {
		larger, enough := size(a).Cmp(*size(b)), cmp.Compare(size(b).Cmp(over), size(a).Cmp(over))
		if size(a).Cmp(over) < 0 {
			larger = -larger
		}
		if (size(a).Cmp(over) >= 0) == (size(b).Cmp(over) >= 0) {
			enough = 0
		}
		return cmp.Or(cmp.Compare(priorityOf(a.live), priorityOf(b.live)), enough, larger)
	})
	out.why = byRoom
	return out
}

// lacks returns a resource that pods of the kind ask for and the node has too little of,
// and how much it lacks; 0: it lacks none.
func (p *place) lacks(k *kind) (corev1.ResourceName, resource.Quantity) {
	for _, name := range slices.Sorted(maps.Keys(k.requests)) {
		most, stated := p.node.Status.Allocatable[name]
		if q := k.requests[name]; q.IsZero() || !stated && isUnlimited(name) {
			continue
		}
		if over := p.used[name].DeepCopy(); over.Cmp(most) > 0 {
			over.Sub(most)
			return name, over
		}
	}
	return "", resource.Quantity{}
}

// move gives each pod a node of the handover that has room for it beside all that are
// there or wait; if need be, other pods that are held make room, and get other nodes
// themselves. Where there is none, pods whose room was taken are lost. It returns the others:
// their rules may yet come to hold.
func (m mover) move(v *view, full []*item) []*item {
	if len(full) == 0 {
		return nil
	}
	var left []*item
	w := m.end(v)
	for _, it := range full {
		w.add(it.kind, w.byName[it.target.Name], -1, false)
	}
	for _, it := range full {
		id := m.roomFor(v, w, it, "")
		switch {
		case id != "":
			it.memory.give(id)
		case m.makeRoom(v, w, it, full):
		case it.why == byPods:
			left = append(left, it)
		default:
			it.memory.lost, it.memory.detail = NoRoom, string(it.why)
		}
	}
	return left
}

// give makes the node the pod's own.
func (m *memory) give(id string) { m.moved, m.given, m.node, m.seen = id, 0, "", false }

// roomFor puts the pod on the first node but one that has room for it, and returns what
// the handover calls the node; "": none has.
func (m mover) roomFor(v *view, w *world, it *item, but string) string {
	for _, id := range m.run.ids {
		if !v.ready[id] || id == but {
			continue
		}
		if at := w.byName[v.nodes[id].Name]; at.hasRoom(it.kind) && w.admits(it.kind, at) {
			return id
		}
	}
	return ""
}

// admits puts a pod on a node, and takes it back where something keeps it off.
func (w *world) admits(k *kind, at *place) bool {
	w.add(k, at, 1, false)
	if w.refusal(k, at) == admitted {
		return true
	}
	w.add(k, at, -1, false)
	return false
}

// makeRoom moves other pods away from a node to make room for the pod there. Only pods
// that are held can be moved.
func (m mover) makeRoom(v *view, w *world, it *item, full []*item) bool {
	on := map[string][]*item{}
	for _, other := range v.items {
		if m.run.waitsOn(v, other) && other.held() && other.kind != it.kind && !slices.Contains(full, other) {
			on[other.node] = append(on[other.node], other)
		}
	}
	tries := maxTries
	for _, id := range m.run.ids {
		if len(on[id]) > 0 && w.byName[v.nodes[id].Name].admits(it.kind) && m.empty(v, w, it, id, on[id], &tries) {
			return true
		}
	}
	return false
}

// empty moves pods away from a node, those that have room elsewhere, until the pod has
// room there. If it gets none all stay.
func (m mover) empty(v *view, w *world, it *item, id string, others []*item, tries *int) bool {
	at := w.byName[v.nodes[id].Name]
	to := map[*item]string{}
	for _, other := range others {
		if *tries == 0 {
			break
		}
		*tries--
		w.add(other.kind, at, -1, false)
		if elsewhere := m.roomFor(v, w, other, id); elsewhere != "" {
			to[other] = elsewhere
		} else {
			w.add(other.kind, at, 1, false)
		}
		if at.hasRoom(it.kind) && w.admits(it.kind, at) {
			it.memory.give(id)
			for other, elsewhere := range to {
				other.memory.give(elsewhere)
			}
			return true
		}
	}
	for other, elsewhere := range to {
		w.add(other.kind, w.byName[v.nodes[elsewhere].Name], -1, false)
		w.add(other.kind, at, 1, false)
	}
	return false
}
