package handover

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// A todo is what is to be done now, in this order: nominate, bind wave by wave, put nodes
// behind the barrier, release, and wait for something to change, or so long. Placeholders
// are created, and nominated, before all this, and cancelled before nodes are released.
type todo struct {
	reserve  []*placeholder
	aim      []*placeholder
	cancel   []*placeholder
	nominate []assignment
	bind     [][]assignment
	last     bool           // bind has the last pods that must be bound in order
	shut     []*corev1.Node // that of the barrier first
	lift     []*corev1.Node // the node of the barrier, which goes
	release  []*corev1.Node
	wait     time.Duration
	done     bool
}

// An assignment is a pod and the name of the node that it is for.
type assignment struct {
	item *item
	node string
	why  Fate // of a binding
}

// next says what is to be done.
func (r *run) next(ctx context.Context, v *view, now time.Time) todo {
	if r.settling.IsZero() && (r.allReady(v) || !now.Before(r.began.Add(r.driver.Join))) {
		r.settling, r.quiet.stirred = now, now
	}
	if !r.settling.IsZero() && !now.Before(r.settled()) {
		return todo{done: true}
	}
	r.quiet.rests = r.guard.leaks && r.settling.IsZero() || now.Sub(r.quiet.stirred) >= (shutter{r}).needed(v) || (shutter{r}).hurries() || r.storms(now)
	var out todo
	if r.settling.IsZero() {
		r.guard.next(&out, v, now)
	}
	var taken []*item
	open := 0 // pods that wait for what is not lost
	for _, it := range v.items {
		switch {
		case r.wantsAhead(it, now):
			out.nominate = append(out.nominate, assignment{item: it, node: it.node})
		case it.waits() && it.memory.lost != "" && it.memory.node != "" && it.live.Status.NominatedNodeName == it.memory.node:
			out.nominate = append(out.nominate, assignment{item: it}) // it would keep room from those whose own it is
			r.quiet.stirred = now
		}
		if !r.waitsOn(v, it) {
			continue
		}
		open++
		switch onHeld := it.held(); {
		case r.settling.IsZero() && (onHeld && !r.guard.leaks || (looker{r}).gangOf(it.pod) != ""):
		case onHeld && !r.stage.shut && r.guard.cluster != nil: // the nomination would be lost when the taints are taken off
		case r.wants(it, it.target.Name, onHeld, now):
			if onHeld {
				r.quiet.stirred = now
			}
			out.nominate = append(out.nominate, assignment{item: it, node: it.target.Name})
		case (!onHeld || !r.releasing.IsZero()) && r.takenBack(it, now):
			taken = append(taken, it)
		}
	}
	r.afterTaken(ctx, &out, v, taken, now)
	out.wait = r.untilNext(now)
	if !r.settling.IsZero() {
		r.free(ctx, &out, v, now)
	}
	out.done = open == 0 && len(out.release) == 0 && !r.settling.IsZero()
	return out
}

// settled returns when pods are waited for no more.
func (r *run) settled() time.Time {
	last := r.settling.Add(maxSettles * r.driver.Settle)
	if r.moved.Before(r.settling) {
		return r.settling.Add(r.driver.Settle)
	}
	if idle := r.moved.Add(r.driver.Settle); idle.Before(last) {
		return idle
	}
	return last
}

// allReady reports whether every node of the handover is there and ready.
func (r *run) allReady(v *view) bool {
	return !slices.ContainsFunc(r.ids, func(id string) bool { return !v.ready[id] })
}

// waitsOn reports whether the pod still needs a node, and its own is there.
func (r *run) waitsOn(v *view, it *item) bool {
	return it.waits() && it.slot >= 0 && it.target != nil && v.ready[it.node] && it.memory.lost == "" && !v.broke[(looker{r}).gangOf(it.pod)]
}

// wants reports whether the pod is to be nominated for its node, whose name is given.
// While all nodes are held it is nominated again where kube-scheduler took that back, as
// nobody can take its room, but not before kube-scheduler rests: when it takes one
// nomination back it tries all pods that found no room again, and takes back theirs. Once
// nodes are released the pod is bound instead.
func (r *run) wants(it *item, name string, onHeld bool, now time.Time) bool {
	at, m := it.live.Status.NominatedNodeName, it.memory
	switch {
	case at == name:
		return false
	case m.given == 0:
		return !onHeld || r.quiet.rests
	case m.node != name: // its slot went to another pod of its kind
		return at == "" || at == m.node
	}
	return onHeld && r.quiet.rests && r.releasing.IsZero() && (m.given < maxGiven || r.settling.IsZero()) && r.isKnown(m, now)
}

// wantsAhead reports whether the pod is to be nominated for a node that is not there yet.
// That keeps its room from pods that tolerate the taint.
func (r *run) wantsAhead(it *item, now time.Time) bool {
	return r.guard.leaks && r.settling.IsZero() && it.waits() && it.slot >= 0 && it.target == nil && isName(it.node) &&
		(looker{r}).gangOf(it.pod) == "" && r.wants(it, it.node, true, now)
}

// isName reports whether a node may have the name: providerIDs are none.
func isName(id string) bool { return id != "" && !strings.ContainsAny(id, "/:") }

// takenBack reports whether kube-scheduler took the pod's nomination back, or did and the
// cluster shows that it was given again, or does not try the pod: before v1.36 nothing makes
// it try those that only the barrier kept off, as they tolerate the taint.
func (r *run) takenBack(it *item, now time.Time) bool {
	at, m := it.live.Status.NominatedNodeName, it.memory
	asleep := r.stage.opened && r.guard.cluster != nil && toleratesTaint(it.live) && now.Sub(r.moved) >= patience && now.Sub(r.releasing) >= patience
	return at == "" && r.isKnown(m, now) || m.again && m.seen && at == m.node || asleep
}

// isKnown reports whether the cluster has shown the last nomination, or had the time.
func (r *run) isKnown(m *memory, now time.Time) bool { return m.seen || now.Sub(m.at) >= lag }

// afterTaken says what becomes of pods whose nominations were taken back: they are
// bound to their nodes there and then, as far as their rules hold. Where these wait for
// other pods, once those that must be have been bound, and for pods that the planner
// never binds, the nomination is given again.
// Those whose room was taken are dealt anew before nodes are released, and get room to spare
// on another node of the handover after; so do those whose rules wait for pods that seem not to come. Where pods tolerate the
// taint, and are about, the nomination is given again first: what kube-scheduler has put
// on the node meanwhile is shown by then.
func (r *run) afterTaken(ctx context.Context, out *todo, v *view, taken []*item, now time.Time) {
	if len(taken) == 0 {
		return
	}
	slices.SortStableFunc(taken, func(a, b *item) int { return inQueue(a.live, b.live) })
	w := r.world(v)
	var wave []assignment
	var wait, full []*item
	for _, it := range taken {
		it.memory.taken = true
		at := w.At(it.target.Name)
		w.Add(it.kind, at, 1, false)
		why := w.Refusal(it.kind, at)
		switch {
		case why == occupancy.Admitted && it.kind.Never == "" && r.guard.leaks && !it.memory.again:
			it.memory.again = true
			out.nominate = append(out.nominate, assignment{item: it, node: it.target.Name})
			continue
		case why == occupancy.Admitted && it.kind.Never == "":
			wave = append(wave, assignment{it, it.target.Name, TakenBack})
			continue
		case r.releasing.IsZero() && (why == occupancy.ByNode || why == occupancy.ByRoom): // it is dealt anew
		case why == occupancy.ByNode || why == occupancy.ByRoom || why == occupancy.ByPods && r.stage.ordered && now.Sub(r.moved) >= patience:
			it.why = why
			full = append(full, it)
		case why == occupancy.Admitted || r.stage.ordered: // before, kube-scheduler would be kept at trying all pods
			wait = append(wait, it)
		}
		w.Add(it.kind, at, -1, false)
	}
	wait = append(wait, r.rehome(ctx, v, full)...)
	if len(wave) > 0 {
		out.bind = append(out.bind, wave)
	}
	for _, it := range wait {
		if it.kind.Never != "" || len(wave) == 0 {
			out.nominate = append(out.nominate, assignment{item: it, node: it.target.Name})
		}
	}
}

// free says how the held nodes are released once no node is waited for: where there is a
// barrier they are put behind it; when all nominations are given, what nominations cannot
// carry is bound; and then the barrier goes, or all nodes are released as fast as can be, but
// for those that must go one domain at a time.
func (r *run) free(ctx context.Context, out *todo, v *view, now time.Time) {
	var nodes []*corev1.Node
	for _, id := range r.fresh {
		if node := v.nodes[id]; node != nil && held(node) && v.ready[id] && now.Sub(r.released[node.Name]) >= lag {
			nodes = append(nodes, node)
		}
	}
	if !r.stage.opened {
		if shut := (shutter{r}).next(out, v, nodes, now); !shut || !r.stage.shut {
			if r.stage.shut = shut; shut {
				out.wait = 0 // next time pods are nominated
			}
			return
		}
		if !r.calm(v, now) || len(out.nominate) > 0 && !r.storms(now) {
			return
		}
	}
	on := r.guard.barrier.standsOn(v, now)
	if r.stage.ordered && len(nodes) == 0 && on == nil {
		return
	}
	if r.deal(ctx, v) {
		out.wait = 0 // next time all are nominated for their new nodes
		return
	}
	o := r.order(v)
	if !r.stage.ordered && len(o.waves) > 0 {
		out.bind, out.last = append(out.bind, o.waves...), true
		return
	}
	r.stage.ordered = true
	if on != nil && !r.stage.opened {
		out.lift = []*corev1.Node{on}
		return
	}
	slow := func(n *corev1.Node) bool { return o.slow[n.Name] != "" }
	if all := slices.DeleteFunc(slices.Clone(nodes), slow); len(all) > 0 {
		out.release, r.stage.opened = r.sequence(v.items, all), true
		if r.releasing.IsZero() {
			r.releasing = now
		}
		return
	}
	if len(out.bind) == 0 && len(nodes) > 0 {
		if out.release = r.nextDomain(v, o, nodes, now); len(out.release) > 0 {
			r.stage.opened = true
		}
	}
}

// calm reports whether nodes can be released: the cluster shows all that was done, and
// kube-scheduler has for a while tried no pod whose node is held. The first release
// makes it try all pods at once: one that is under way has lost its nomination.
func (r *run) calm(v *view, now time.Time) bool {
	if r.storms(now) {
		return true
	}
	hurries := (shutter{r}).hurries()
	if v.behind || !hurries && now.Sub(r.quiet.stirred) < max(still, (shutter{r}).needed(v)) {
		return false
	}
	return !slices.ContainsFunc(v.items, func(it *item) bool {
		lacks := !r.isKnown(it.memory, now) || hurries && it.live.Status.NominatedNodeName == ""
		return r.waitsOn(v, it) && it.held() && lacks
	})
}

// storm returns for how long kube-scheduler is waited for to rest: that it has tried every
// pod once takes its time, and so do thousands of nominations.
func (r *run) storm() time.Duration {
	return stormy + r.tries() + r.quiet.spent
}

// tries returns how long it takes to try every pod once.
func (r *run) tries() time.Duration { return time.Duration(len(r.task.kindOf)) * tryTime }

// storms reports whether it does not rest after that.
func (r *run) storms(now time.Time) bool {
	return !r.settling.IsZero() && now.Sub(r.settling) >= r.storm()
}

// nextDomain returns the nodes of the next domain: none while a pod of those before
// is about to be bound.
func (r *run) nextDomain(v *view, o order, nodes []*corev1.Node, now time.Time) []*corev1.Node {
	w := r.world(v)
	first := ""
	for _, it := range v.items {
		if !r.waitsOn(v, it) {
			continue
		}
		at := w.At(it.target.Name)
		w.Add(it.kind, at, 1, false)
		why := w.Refusal(it.kind, at)
		w.Add(it.kind, at, -1, false)
		switch {
		case why == occupancy.Admitted && !it.held() && now.Sub(r.moved) < patience:
			return nil
		case why == occupancy.Admitted && it.held() && first == "":
			first = o.slow[it.target.Name]
		}
	}
	if first == "" {
		first = o.slow[nodes[0].Name]
	}
	r.moved = now
	return slices.DeleteFunc(slices.Clone(nodes), func(n *corev1.Node) bool { return o.slow[n.Name] != first })
}

// untilNext returns how long at most nothing need be looked at.
func (r *run) untilNext(now time.Time) time.Duration {
	d := lag
	for _, at := range []time.Time{r.began.Add(r.driver.Join), r.settled(), r.settling.Add(r.storm()), r.quiet.stirred.Add(pause), r.quiet.stirred.Add(still), r.quiet.stirred.Add(backOff), r.guard.barrier.next} {
		if left := at.Sub(now); left > 0 && left < d {
			d = left
		}
	}
	return d
}

// left returns what must not stay: nominations of pods that are not bound, and nodes
// that are held.
func (r *run) left(v *view, now time.Time) ([]assignment, []*corev1.Node) {
	names := map[string]bool{}
	for _, id := range r.ids {
		names[id] = true
	}
	for _, node := range v.nodes {
		names[node.Name] = true
	}
	var nominations []assignment
	for _, it := range v.items {
		if !it.waits() {
			continue
		}
		hidden := it.memory.node != "" && !r.isKnown(it.memory, now) // the cache may be behind
		if at := it.live.Status.NominatedNodeName; hidden || at != "" && (names[at] || at == it.memory.node) {
			nominations = append(nominations, assignment{item: it})
		}
	}
	var nodes []*corev1.Node
	for _, id := range r.fresh {
		if node := v.nodes[id]; node != nil && held(node) {
			nodes = append(nodes, node)
		}
	}
	return nominations, nodes
}
