package handover

import "slices"

// end returns the world in which all pods that wait may be on their nodes.
func (r *run) end(v *view) *world {
	w := r.world(v)
	for _, it := range v.items {
		if r.waitsOn(v, it) {
			w.add(it.kind, w.byName[it.target.Name], 1, false)
		}
	}
	return w
}

// rehome gives other nodes to pods whose room something else has taken: pods that
// tolerate every taint, and so could not be held, and what was placed otherwise than
// planned. It reports whether it found any.
func (r *run) rehome(v *view) bool {
	w := r.end(v)
	var full []*item
	for _, it := range slices.Backward(v.items) { // what fills a node last must leave first
		if !r.waitsOn(v, it) {
			continue
		}
		at := w.byName[it.target.Name]
		if why := w.refusal(it.kind, at); why == byRoom || why == byNode {
			w.add(it.kind, at, -1, false)
			full = append(full, it)
		}
	}
	r.move(v, w, full)
	return len(full) > 0
}

// move gives each pod a node of the handover that has room for it beside all others, in
// w and of those that wait. There may be none.
func (r *run) move(v *view, w *world, full []*item) {
	if len(full) == 0 {
		return
	}
	all := r.end(v)
	for _, it := range full {
		all.add(it.kind, all.byName[it.target.Name], -1, false)
	}
	for _, it := range full {
		m := it.memory
		m.lost, m.detail = NoRoom, string(byRoom)
		for _, id := range r.ids {
			if !v.ready[id] {
				continue
			}
			at := all.byName[v.nodes[id].Name]
			if !at.hasRoom(it.kind) {
				continue
			}
			all.add(it.kind, at, 1, false)
			if all.refusal(it.kind, at) == admitted {
				m.lost, m.detail, m.moved = "", "", id
				m.given, m.node, m.seen = 0, "", false
				break
			}
			all.add(it.kind, at, -1, false)
		}
	}
}
