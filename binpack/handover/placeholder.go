package handover

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

const (
	// PlaceholderNamespace is the namespace of placeholders and barriers. The embedder makes
	// it. Nothing else belongs there, and nobody plans nodes for its pods.
	PlaceholderNamespace = "stowage-handover"

	// PlaceholderGate is the scheduling gate of placeholders. Nobody takes it off.
	PlaceholderGate = "stowage.dev/placeholder"

	maxReserves = 3 // failing calls, after which is done without
)

// A Reserver is a Cluster that can create pods which keep others off the nodes of a
// handover: a barrier, which opens all nodes at once when it goes; and, where pods of the
// handover tolerate Taint, placeholders for nodes that are yet to join: pods that are
// nominated for these nodes, and that a gate keeps kube-scheduler from trying. It is
// optional: without, a few pods in ten thousand do not get to their nodes.
type Reserver interface {
	Cluster

	// Reserve creates the pod, whose name, namespace and spec are stated; that of a barrier
	// states a node. A pod of its name that is there already is no error. Fields that the
	// cluster demands may be added. Another priority class than the pod states will do if it
	// is not below that of any pod of the handover. Watch shows the pod, and Nominate is
	// called for placeholders.
	Reserve(ctx context.Context, placeholder *corev1.Pod) error

	// Cancel deletes the pod at once, without a grace period. One that is not there is no
	// error.
	Cancel(ctx context.Context, placeholder *corev1.Pod) error

	// Label gives the node the label LabelKey with this value.
	Label(ctx context.Context, node *corev1.Node, value string) error
}

// A placeholder is a pod that keeps room on one node, or on one that is yet to join.
type placeholder struct {
	pod       *corev1.Pod // as it is to be created
	node      string      // as the handover calls it
	made      bool        // by this run
	cancelled bool        // by this run, since it was last made
	at        time.Time   // of either
	aimed     time.Time   // when it was last nominated
}

// A guard keeps room on nodes for the pods that it is planned for, with placeholders, until
// all nodes are behind its barrier.
type guard struct {
	cluster Reserver // nil: there are no placeholders, and no barrier
	all     []*placeholder
	byName  map[string]*placeholder // the barrier, too
	barrier barrier
	leaks   bool // some pod tolerates the taint, and no placeholder keeps it off: it takes room on nodes that are held
	failed  int  // calls of Reserve
}

// newGuard returns the guard of a run. Nodes on which no pod may run that tolerates the
// taint need no placeholder.
func newGuard(r *run) guard {
	g := guard{byName: map[string]*placeholder{}}
	var loose []*occupancy.Kind
	for _, pods := range r.task.kinds {
		if len(pods) > 0 && toleratesTaint(pods[0]) {
			loose = append(loose, r.kinds.Of(pods[0]))
		}
	}
	g.leaks = len(loose) > 0
	reserver, can := r.driver.Cluster.(Reserver)
	if !can || len(r.fresh) == 0 {
		return g
	}
	g.cluster, g.leaks = reserver, false
	g.barrier = newBarrier(r.fresh)
	g.byName[g.barrier.pod.Name] = g.barrier.placeholder
	p := r.task.handover.Problem
	for i, l := range launchesOf(r.task.handover.Plan) {
		id := r.task.handover.Nodes[i]
		if id == "" || len(loose) == 0 {
			continue
		}
		node := p.Node(l)
		at := occupancy.New([]*corev1.Node{node}, isHold).Places[0]
		at.Seen.Taints = finalTaints(p, l.Pool)
		if !slices.ContainsFunc(loose, at.Admits) {
			continue
		}
		g.leaks = g.leaks || !isName(id)
		g.add(p, l, id, node.Status.Allocatable)
	}
	return g
}

// add makes the placeholder of one launch: all that the node has but for its daemons.
func (g *guard) add(p binpack.Problem, l binpack.Launch, id string, all corev1.ResourceList) {
	room := all.DeepCopy()
	for _, daemon := range p.DaemonsOn(l) {
		for name, q := range kube.Requests(daemon) {
			left := room[name]
			left.Sub(q)
			room[name] = left
		}
	}
	if pod := placeholderPod(id, room); len(pod.Spec.Containers[0].Resources.Requests) > 0 {
		ph := &placeholder{pod: pod, node: id}
		g.all = append(g.all, ph)
		g.byName[pod.Name] = ph
	}
}

// placeholderPod returns the pod that keeps the room.
func placeholderPod(id string, room corev1.ResourceList) *corev1.Pod {
	asks := corev1.ResourceList{}
	for name, q := range room {
		if !occupancy.IsUnlimited(name) && q.Sign() > 0 {
			asks[name] = q
		}
	}
	pod := reservedPod("placeholder-"+hashOf(id), "system-cluster-critical", asks)
	pod.Annotations = map[string]string{PlaceholderGate: id}
	pod.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: PlaceholderGate}}
	return pod
}

// hashOf returns what stands for a text in names of pods and values of labels.
func hashOf(text string) string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // it never fails
	return fmt.Sprintf("%016x", hash.Sum64())
}

// reservedPod returns a pod of PlaceholderNamespace that asks for so much. It has no labels,
// so that hardly a rule between pods selects it.
func reservedPod(name, class string, asks corev1.ResourceList) *corev1.Pod {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name = PlaceholderNamespace, name
	pod.Spec.PriorityClassName = class
	pod.Spec.TerminationGracePeriodSeconds = new(int64)
	pod.Spec.AutomountServiceAccountToken = new(bool)
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

// find returns the placeholders that the cluster shows, by name, and the barrier.
func (g *guard) find(s State) map[string]*corev1.Pod {
	if len(g.byName) == 0 {
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

// closed reports whether a placeholder, or the barrier where it stands, keeps the pod off its
// node, or did until lately.
func (g *guard) closed(it *item, stands bool) bool {
	if g.cluster == nil || it.target == nil {
		return false
	}
	return !g.leaks && held(it.target) && toleratesTaint(it.live) || stands && g.barrier.bars(it.target)
}

// isThere reports whether the cluster has the placeholder, as far as is known.
func (p *placeholder) isThere(v *view, now time.Time) bool {
	lately := now.Sub(p.at) < lag
	if v.placeholders[p.pod.Name] != nil {
		return !p.cancelled || !lately
	}
	return p.made && !p.cancelled && lately
}

// next says which placeholders are to be created and nominated while nodes join.
func (g *guard) next(out *todo, v *view, now time.Time) {
	if g.failed >= maxReserves {
		g.leaks = g.leaks || len(g.all) > 0
		return
	}
	for _, p := range g.all {
		shown, name := v.placeholders[p.pod.Name], v.nameOf(p.node)
		switch {
		case shown != nil && shown.Status.NominatedNodeName != name && isName(name) && now.Sub(p.aimed) >= lag:
			out.aim = append(out.aim, p)
		case shown == nil && !p.isThere(v, now):
			out.reserve = append(out.reserve, p)
		}
	}
}

// standing returns the placeholders that the cluster has.
func (g *guard) standing(v *view, now time.Time) []*placeholder {
	return slices.DeleteFunc(slices.Clone(g.all), func(p *placeholder) bool { return !p.isThere(v, now) })
}

// left returns the placeholders that must not stay, those that the cluster may not show yet
// included.
func (g *guard) left(v *view, now time.Time) []*placeholder {
	var left []*placeholder
	for _, p := range g.byName {
		if !p.cancelled || p.isThere(v, now) {
			left = append(left, p)
		}
	}
	slices.SortFunc(left, func(a, b *placeholder) int { return cmp.Compare(a.pod.Name, b.pod.Name) })
	return left
}
