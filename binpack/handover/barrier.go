package handover

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// LabelKey is the key of the label by which a barrier knows its nodes. They keep it.
//
// No example: it is what Label of a Reserver sets.
const LabelKey = TaintKey

// daemonLabel is a label that all pods of DaemonSets have, and hardly any other.
const daemonLabel = "pod-template-generation"

// patient is how long it may take that kube-scheduler tries all pods once more.
const patient = 10 * time.Second

// A barrier is a pod that keeps kube-scheduler off all nodes of the handover together, by a
// required anti-affinity over the label of these nodes to every pod that is no daemon. When
// it is deleted all of them are open at once, which no taint can do: each pod then finds its
// own node open whenever it is tried, with the room that its nomination keeps. It is bound
// to one of the nodes, the first that gets the label.
type barrier struct {
	*placeholder           // its pod; nil: there is no barrier
	value        string    // of the label
	failed       int       // tries to put it up
	shut         time.Time // when nodes were put behind it last
	next         time.Time // when there is more to do
}

// newBarrier returns the barrier of nodes of these names.
func newBarrier(nodes []string) barrier {
	var names []byte
	for _, id := range nodes {
		names = strconv.AppendQuote(names, id)
	}
	value := hashOf(string(names))
	pod := reservedPod("barrier-"+value, "system-node-critical", nil)
	pod.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
		TopologyKey:       LabelKey,
		NamespaceSelector: &metav1.LabelSelector{},
		LabelSelector:     &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: daemonLabel, Operator: metav1.LabelSelectorOpDoesNotExist}}},
	}}}}
	return barrier{placeholder: &placeholder{pod: pod}, value: value}
}

// standsOn returns the barrier's node; nil: it is not there, or its node is not, or the kubelet
// has refused it.
func (b *barrier) standsOn(v *view, now time.Time) *corev1.Node {
	if b.placeholder == nil || !b.isThere(v, now) {
		return nil
	}
	on := b.pod.Spec.NodeName
	if shown := v.placeholders[b.pod.Name]; shown != nil {
		if on = shown.Spec.NodeName; kube.Terminated(shown) {
			return nil
		}
	}
	for _, node := range v.nodes {
		if node.Name == on {
			return node
		}
	}
	return nil
}

// bars reports whether the node is one that the barrier keeps pods off.
func (b *barrier) bars(node *corev1.Node) bool {
	return b.placeholder != nil && node.Labels[LabelKey] == b.value
}

// A shutter puts the nodes of a handover behind the barrier.
type shutter struct{ run *run }

// next says what is to be done next until all nodes that are held are behind the barrier,
// and no placeholders are there any more, and reports whether that is so. Each of these
// comes to kube-scheduler on a way of its own: it is given the time to see it. The barrier's
// own node keeps its taint beside, and nodes that must be released one domain at a time are
// held by theirs alone.
func (s shutter) next(out *todo, v *view, held []*corev1.Node, now time.Time) bool {
	r := s.run
	b, g := &r.guard.barrier, &r.guard
	if g.cluster == nil {
		return true
	}
	if shown := v.placeholders[b.pod.Name]; shown != nil && kube.Terminated(shown) {
		b.failed = maxReserves
	}
	on, gone := b.standsOn(v, now), g.standing(v, now)
	others := slices.DeleteFunc(slices.Clone(held), func(n *corev1.Node) bool { return n == on })
	if len(others) > 0 {
		slow := r.order(v).slow
		others = slices.DeleteFunc(others, func(n *corev1.Node) bool { return slow[n.Name] != "" })
	}
	switch {
	case b.failed >= maxReserves || g.failed >= maxReserves: // it is done without
		if b.isThere(v, now) {
			gone = append(gone, b.placeholder)
		}
	case on == nil && len(others) == 0:
	case on == nil:
		b.failed++ // unless it is seen
		b.pod.Spec.NodeName = s.roomiest(v, others).Name
		out.reserve = append(out.reserve, b.placeholder)
		return false
	case v.placeholders[b.pod.Name] == nil || now.Sub(b.at) < pause:
		b.next = b.at.Add(pause)
		return false
	case len(others) > 0 || b.shut.IsZero() && !b.bars(on):
		out.shut = append([]*corev1.Node{on}, others...) // what had the label before it would be open
		return false
	case now.Sub(b.shut) < pause:
		b.next = b.shut.Add(pause)
		return false
	}
	if len(gone) > 0 {
		out.cancel = gone
		r.quiet.stir(now, r.tries())
	}
	return len(gone) == 0
}

// needed returns for how long kube-scheduler must have tried no pod before any is nominated
// for a node that is held. Behind the barrier each is tried once more, which shows, as what
// keeps it off its node is another; one that was tried before may have to wait for that.
func (s shutter) needed(v *view) time.Duration {
	r := s.run
	shut := r.guard.barrier.shut
	due := func(it *item) bool {
		return r.waitsOn(v, it) && it.held() && it.kind.Never == "" && !it.memory.tried.After(shut) && wasTried(it.live)
	}
	if r.stage.opened || shut.IsZero() || !slices.ContainsFunc(v.items, due) {
		return pause
	}
	return backOff
}

// hurries reports whether it takes too long to try all pods once more: then they are nominated
// at once, and again whenever a nomination is taken back, and the barrier goes as soon as all
// are nominated.
func (s shutter) hurries() bool {
	return !s.run.guard.barrier.shut.IsZero() && s.run.tries() > patient
}

// wasTried reports whether kube-scheduler has tried the pod, and found no node.
func wasTried(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse
	})
}

// roomiest returns the node that has room for the most pods beside those that are planned
// there: there the barrier is in the way of none.
func (s shutter) roomiest(v *view, nodes []*corev1.Node) *corev1.Node {
	planned := map[*corev1.Node]int64{}
	for _, it := range v.items {
		if it.target != nil {
			planned[it.target]++
		}
	}
	return slices.MaxFunc(nodes, func(a, b *corev1.Node) int {
		return cmp.Compare(a.Status.Allocatable.Pods().Value()-planned[a], b.Status.Allocatable.Pods().Value()-planned[b])
	})
}

// shut puts nodes behind the barrier: labels that of the barrier first, then the others, and
// takes the taint off these.
func (h hands) shut(ctx context.Context, nodes []*corev1.Node, now time.Time) {
	if len(nodes) == 0 {
		return
	}
	if !h.label(ctx, nodes[:1]) || !h.label(ctx, nodes[1:]) {
		h.run.guard.barrier.failed++
		return
	}
	h.release(ctx, nodes[1:], now)
	h.run.guard.barrier.shut = h.run.driver.Clock()
	h.run.quiet.stir(h.run.guard.barrier.shut, h.run.tries())
}

// label labels nodes for the barrier, and reports whether all of them are.
func (h hands) label(ctx context.Context, nodes []*corev1.Node) bool {
	g := &h.run.guard
	errs := h.each(len(nodes), func(i int) error { return g.cluster.Label(ctx, nodes[i], g.barrier.value) })
	bad := slices.ContainsFunc(errs, func(err error) bool { return err != nil })
	h.run.failed = h.run.failed || bad
	return !bad
}

// lift deletes the barrier and, at the same time, releases its node: before v1.36 that alone
// makes kube-scheduler try pods.
func (h hands) lift(ctx context.Context, nodes []*corev1.Node, now time.Time) {
	if len(nodes) == 0 {
		return
	}
	b := &h.run.guard.barrier
	calls := []func() error{
		func() error { return h.run.guard.cluster.Cancel(ctx, b.pod) },
		func() error { return h.run.driver.Cluster.Release(ctx, nodes[0]) },
	}
	errs := h.each(len(calls), func(i int) error { return calls[i]() })
	if errs[0] == nil {
		b.cancelled, b.at = true, now
		h.run.stage.opened, h.run.releasing = true, now
	}
	if errs[1] == nil {
		h.run.released[nodes[0].Name] = now
		h.run.calls.Releases++
	}
	h.run.failed = h.run.failed || errs[0] != nil || errs[1] != nil
}
