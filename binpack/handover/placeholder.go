package handover

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

const (
	// PlaceholderNamespace is the namespace of placeholders. The embedder makes it. Nothing
	// else belongs there, and nobody plans nodes for its pods.
	PlaceholderNamespace = "stowage-handover"

	// PlaceholderGate is the scheduling gate of placeholders. Nobody takes it off.
	PlaceholderGate = "stowage.dev/placeholder"

	maxReserves = 3 // failing calls, after which is done without
)

// A Reserver is a Cluster that can keep the room of nodes that are yet to join, with
// placeholders: pods that are nominated for these nodes, and that a gate keeps
// kube-scheduler from trying. It is optional. A Driver uses it where pods of the handover
// tolerate Taint, so that the taint does not keep them off.
type Reserver interface {
	Cluster

	// Reserve creates the placeholder, whose name, namespace and spec are stated. A pod of
	// its name that is there already is no error. Fields that the cluster demands may be
	// added. Another priority class than system-cluster-critical will do if it is not below
	// that of any pod that tolerates the taint. Watch shows the placeholder, and Nominate is
	// called for it.
	Reserve(ctx context.Context, placeholder *corev1.Pod) error

	// Cancel deletes the placeholder at once. One that is not there is no error.
	Cancel(ctx context.Context, placeholder *corev1.Pod) error
}

// A placeholder is a pod that keeps room on one node, or on one that is yet to join.
type placeholder struct {
	pod       *corev1.Pod // as it is to be created
	node      string      // as the handover calls it
	turn      int         // in which its room is given free
	made      bool        // by this run
	cancelled bool        // by this run, since it was last made
	at        time.Time   // of either
	aimed     time.Time   // when it was last nominated
}

// A guard keeps room on nodes for the pods that it is planned for, with placeholders. It is
// given free in turns: in turn 0, while nodes are held, that of pods that tolerate the
// taint, and of those that spread over domains, as these are bound; then, before nodes are
// released, that of the highest priority; and right after that of each lower one. A pod that
// is tried early so finds no room of lower priority, which nominations do not keep.
type guard struct {
	cluster Reserver // nil: there are no placeholders
	all     []*placeholder
	byName  map[string]*placeholder
	levels  []int32 // priorities, the highest first
	leaks   bool    // some pod tolerates the taint, and no placeholder keeps it off: it takes room on nodes that are held
	failed  int     // calls of Reserve
	opened  bool    // turn 0 has come
	keeps   bool    // placeholders of the first two turns are there
}

const maxTurns = 4 // beside turn 0; the last is that of all priorities that are left

// newGuard returns the guard of a run. Nodes on which no pod may run that tolerates the
// taint need no placeholder.
func newGuard(r *run) guard {
	g := guard{byName: map[string]*placeholder{}}
	var loose []*occupancy.Kind
	for _, pods := range r.task.kinds {
		if len(pods) == 0 {
			continue
		}
		switch k := r.kinds.Of(pods[0]); {
		case toleratesTaint(k.Pod):
			loose = append(loose, k)
		case !k.Spreads() && !slices.Contains(g.levels, priorityOf(k.Pod)):
			g.levels = append(g.levels, priorityOf(k.Pod))
		}
	}
	if len(loose) == 0 {
		return g
	}
	slices.SortFunc(g.levels, func(a, b int32) int { return cmp.Compare(b, a) })
	g.leaks = true
	reserver, can := r.driver.Cluster.(Reserver)
	if !can {
		return g
	}
	g.cluster, g.leaks = reserver, false
	p := r.task.handover.Problem
	for i, l := range launchesOf(r.task.handover.Plan) {
		id := r.task.handover.Nodes[i]
		node := p.Node(l)
		at := occupancy.New([]*corev1.Node{node}, isHold).Places[0]
		at.Seen.Taints = finalTaints(p, l.Pool)
		if id == "" || !slices.ContainsFunc(loose, at.Admits) {
			continue
		}
		g.leaks = g.leaks || !isName(id)
		g.add(r, l, id, node.Status.Allocatable)
	}
	return g
}

// turnOf returns the turn of pods of the kind.
func (g *guard) turnOf(k *occupancy.Kind) int {
	if toleratesTaint(k.Pod) || k.Spreads() {
		return 0
	}
	return min(1+slices.Index(g.levels, priorityOf(k.Pod)), maxTurns)
}

// add makes the placeholders of one launch, one for each turn: all that the node has but
// for its daemons. What no pod needs is kept until the last turn of the node.
func (g *guard) add(r *run, l binpack.Launch, id string, all corev1.ResourceList) {
	var rooms [1 + maxTurns]corev1.ResourceList
	p, spare, last := r.task.handover.Problem, all.DeepCopy(), 1
	for i, on := range l.Pods {
		turn := g.turnOf(r.kinds.Of(on.Pod))
		if last = max(last, turn); i == 0 {
			last = turn
		}
		if rooms[turn] == nil {
			rooms[turn] = corev1.ResourceList{}
		}
		add(rooms[turn], kube.Requests(on.Pod), on.Count)
		add(spare, kube.Requests(on.Pod), -on.Count)
	}
	for _, daemon := range p.DaemonsOn(l) {
		add(spare, kube.Requests(daemon), -1)
	}
	maps.DeleteFunc(spare, func(_ corev1.ResourceName, q resource.Quantity) bool { return q.Sign() < 0 })
	if rooms[last] == nil {
		rooms[last] = corev1.ResourceList{}
	}
	add(rooms[last], spare, 1)
	for turn, room := range rooms {
		if pod := placeholderPod(id, turn, room); len(pod.Spec.Containers[0].Resources.Requests) > 0 {
			ph := &placeholder{pod: pod, node: id, turn: turn}
			g.all = append(g.all, ph)
			g.byName[pod.Name] = ph
		}
	}
}

// add adds n times what is asked for.
func add(to, asks corev1.ResourceList, n int) {
	for name, q := range asks {
		sum := to[name]
		for range n {
			sum.Add(q)
		}
		for range -n {
			sum.Sub(q)
		}
		to[name] = sum
	}
}

// placeholderPod returns the pod that keeps the room. It has no labels, so that hardly a
// rule between pods selects it.
func placeholderPod(id string, turn int, room corev1.ResourceList) *corev1.Pod {
	asks := corev1.ResourceList{}
	for name, q := range room {
		if !occupancy.IsUnlimited(name) && q.Sign() > 0 {
			asks[name] = q
		}
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id)) // it never fails
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = PlaceholderNamespace, fmt.Sprintf("placeholder-%016x-%d", hash.Sum64(), turn)
	pod.Annotations = map[string]string{PlaceholderGate: id}
	pod.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: PlaceholderGate}}
	pod.Spec.PriorityClassName = "system-cluster-critical"
	pod.Spec.Containers = []corev1.Container{{
		Name: "placeholder", Image: "registry.k8s.io/pause:3.10",
		Resources: corev1.ResourceRequirements{Requests: asks, Limits: asks},
	}}
	return pod
}

// toleratesTaint reports whether the taint does not keep the pod off.
func toleratesTaint(pod *corev1.Pod) bool {
	return kube.Untolerated(pod.Spec.Tolerations, []corev1.Taint{Taint()}, corev1.TaintEffectNoSchedule) == nil
}

// find returns the placeholders that the cluster shows, by name.
func (g *guard) find(s State) map[string]*corev1.Pod {
	if len(g.all) == 0 {
		return nil
	}
	shown := map[string]*corev1.Pod{}
	for _, pod := range s.Pods {
		if pod.Namespace == PlaceholderNamespace && g.byName[pod.Name] != nil && pod.DeletionTimestamp == nil {
			shown[pod.Name] = pod
		}
	}
	return shown
}

// closed reports whether a placeholder keeps the pod off its node, or did until lately.
func (g *guard) closed(r *run, it *item) bool {
	return g.cluster != nil && !g.leaks && r.releasing.IsZero() && it.target != nil && held(it.target) && toleratesTaint(it.live)
}

// mayNominate reports whether the pod, which is held, may be nominated now: when
// placeholders go kube-scheduler tries pods, and would take the nominations of those back
// that have to wait for the nodes to be released.
func (g *guard) mayNominate(it *item) bool { return !g.keeps || toleratesTaint(it.live) }

// isThere reports whether the cluster has the placeholder, as far as is known.
func (g *guard) isThere(v *view, p *placeholder, now time.Time) bool {
	lately := now.Sub(p.at) < lag
	if v.placeholders[p.pod.Name] != nil {
		return !p.cancelled || !lately
	}
	return p.made && !p.cancelled && lately
}

// next says which placeholders are to be created and nominated while nodes join, and which
// go once those pods have nodes that tolerate the taint.
func (g *guard) next(out *todo, r *run, v *view, now time.Time) {
	g.keeps = len(g.standing(v, now, 0, 1)) > 0
	switch {
	case len(g.all) == 0:
		return
	case !r.settling.IsZero() && !slices.ContainsFunc(r.fresh, func(id string) bool { return v.nodes[id] != nil && held(v.nodes[id]) }):
		out.cancel = g.standing(v, now, 0, maxTurns) // of a run that was ended while it released nodes
		return
	case !r.settling.IsZero():
		if g.opened && !g.awaits(r, v) {
			g.open(out, r, v, now)
		}
		return
	case g.failed >= maxReserves:
		g.leaks = true
		return
	}
	for _, p := range g.all {
		shown, name := v.placeholders[p.pod.Name], v.nameOf(p.node)
		switch {
		case shown != nil && shown.Status.NominatedNodeName != name && isName(name) && now.Sub(p.aimed) >= lag:
			out.aim = append(out.aim, p)
		case shown == nil && !g.isThere(v, p, now):
			out.reserve = append(out.reserve, p)
		}
	}
}

// open says which placeholders go next, once kube-scheduler rests, and reports whether nodes
// can be released: none of the first turns is left.
func (g *guard) open(out *todo, r *run, v *view, now time.Time) bool {
	if out.cancel = g.standing(v, now, 0, 0); len(out.cancel) > 0 {
		g.opened = true
		g.sort(r, v, out.cancel)
	} else {
		out.cancel = g.standing(v, now, 1, 1)
	}
	if len(out.cancel) > 0 {
		r.quiet.stirred = now // kube-scheduler tries pods when placeholders go, all that found no room
		r.quiet.spent += r.tries()
	}
	return len(out.cancel) == 0
}

// later returns the placeholders that go right after nodes are released, turn by turn.
func (g *guard) later(r *run, v *view, now time.Time) [][]*placeholder {
	var all [][]*placeholder
	for turn := 2; turn <= maxTurns; turn++ {
		if list := g.standing(v, now, turn, turn); len(list) > 0 {
			g.sort(r, v, list)
			all = append(all, list)
		}
	}
	return all
}

// standing returns the placeholders of some turns that the cluster has.
func (g *guard) standing(v *view, now time.Time, first, last int) []*placeholder {
	return slices.DeleteFunc(slices.Clone(g.all), func(p *placeholder) bool {
		return p.turn < first || p.turn > last || !g.isThere(v, p, now)
	})
}

// awaits reports whether a pod that tolerates the taint still needs a node.
func (g *guard) awaits(r *run, v *view) bool {
	return slices.ContainsFunc(v.items, func(it *item) bool { return r.waitsOn(v, it) && toleratesTaint(it.live) })
}

// sort sorts placeholders as they are best cancelled: by the pods of their turn.
func (g *guard) sort(r *run, v *view, list []*placeholder) {
	theirs := slices.DeleteFunc(slices.Clone(v.items), func(it *item) bool { return it.live == nil || g.turnOf(it.kind) != list[0].turn })
	rank := map[*corev1.Node]int{}
	for i, node := range r.sequence(theirs, slices.Collect(maps.Values(v.nodes))) {
		rank[node] = i
	}
	slices.SortStableFunc(list, func(a, b *placeholder) int { return cmp.Compare(rank[v.nodes[a.node]], rank[v.nodes[b.node]]) })
}

// left returns the placeholders that must not stay, those that the cluster may not show yet
// included.
func (g *guard) left(v *view, now time.Time) []*placeholder {
	var left []*placeholder
	for _, p := range g.all {
		if !p.cancelled || g.isThere(v, p, now) {
			left = append(left, p)
		}
	}
	return left
}
