package handover

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A world is pods on nodes, as kube-scheduler reads them. Some pods are there, others
// may be there or not: whoever asks wants an answer that is right in both cases.
type world struct {
	nodes   []*place
	byName  map[string]*place
	tallies map[*kind][]*tally
}

// A place is a node of a world, and the pods that are there or may be.
type place struct {
	node *corev1.Node
	seen kube.Node // without the taint of the handover
	used corev1.ResourceList
	pods map[*kind]int
}

func newWorld(nodes []*corev1.Node) *world {
	w := &world{byName: map[string]*place{}, tallies: map[*kind][]*tally{}}
	for _, n := range nodes {
		seen := kube.ExistingNode(n)
		seen.Taints = slices.DeleteFunc(slices.Clone(seen.Taints), isHold)
		p := &place{node: n, seen: seen, used: corev1.ResourceList{}, pods: map[*kind]int{}}
		w.nodes = append(w.nodes, p)
		w.byName[n.Name] = p
	}
	return w
}

func isHold(t corev1.Taint) bool { return t.Key == TaintKey }

// clone returns a copy of w that can be changed by itself.
func (w *world) clone() *world {
	out := &world{byName: map[string]*place{}, tallies: map[*kind][]*tally{}}
	at := map[*place]*place{}
	for _, p := range w.nodes {
		c := &place{p.node, p.seen, p.used.DeepCopy(), maps.Clone(p.pods)}
		out.nodes = append(out.nodes, c)
		out.byName[p.node.Name] = c
		at[p] = c
	}
	for k, ts := range w.tallies {
		for _, t := range ts {
			out.tallies[k] = append(out.tallies[k], t.clone(at))
		}
	}
	return out
}

// know makes the tallies of a kind's rules, for the pods that are there already.
func (w *world) know(k *kind) {
	if _, known := w.tallies[k]; known {
		return
	}
	all := []*tally{}
	for _, r := range k.rules {
		t := newTally(k, r)
		for _, p := range w.nodes {
			t.join(p)
		}
		all = append(all, t)
	}
	w.tallies[k] = all
}

// add puts n pods of a kind on the node, or takes -n off. All kinds that are asked
// about must be known before.
func (w *world) add(k *kind, p *place, n int, certain bool) {
	p.put(k, n)
	w.count(k, p, n, true, certain)
}

// put changes what is on the node, without the rules over domains.
func (p *place) put(k *kind, n int) {
	for name, q := range k.requests {
		sum := p.used[name]
		for range n {
			sum.Add(q)
		}
		for range -n {
			sum.Sub(q)
		}
		p.used[name] = sum
	}
	if p.pods[k] += n; p.pods[k] == 0 {
		delete(p.pods, k)
	}
}

// settle says that a pod which might be there is.
func (w *world) settle(k *kind, p *place) { w.count(k, p, 1, false, true) }

func (w *world) count(k *kind, p *place, n int, possible, certain bool) {
	for _, ts := range w.tallies {
		for _, t := range ts {
			t.count(k, p, n, possible, certain)
		}
	}
}

// A refusal says which rule keeps a pod off a node.
type refusal string

const (
	admitted refusal = ""
	byNode   refusal = "the node's labels or taints"
	byRoom   refusal = "the node's room"
	byPods   refusal = "the rules between pods"
)

// refusal returns what keeps a pod of the kind, which is among the pods that may be
// there, off its node, whichever of the others that may be there are; "": nothing.
func (w *world) refusal(k *kind, p *place) refusal {
	switch {
	case !p.admits(k):
		return byNode
	case !p.holds(k):
		return byRoom
	case !p.keeps(k) || !w.keepsDomains(k, p):
		return byPods
	}
	return admitted
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

// admits reports whether the rules about the node itself hold.
func (p *place) admits(k *kind) bool {
	return p.node.DeletionTimestamp == nil && k.node.Match(p.seen) &&
		kube.Untolerated(k.pod.Spec.Tolerations, p.seen.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
}

// holds reports whether the node has room for all that may be there, as far as a pod
// of the kind asks for it.
func (p *place) holds(k *kind) bool {
	for name, q := range k.requests {
		most, stated := p.node.Status.Allocatable[name]
		if !stated && isUnlimited(name) {
			continue
		}
		if used := p.used[name]; !q.IsZero() && used.Cmp(most) > 0 {
			return false
		}
	}
	ports := kube.HostPorts(k.pod)
	for other, n := range p.pods {
		if len(ports) == 0 {
			break
		}
		if _, clash := kube.Clash(ports, kube.HostPorts(other.pod)); clash && (other != k || n > 1) {
			return false
		}
	}
	return true
}

// isUnlimited reports whether a node has no limit of a resource that it does not state.
func isUnlimited(name corev1.ResourceName) bool {
	return name == corev1.ResourcePods || strings.HasPrefix(string(name), kube.AttachPrefix)
}

// keeps reports whether the rules about the pods of the node hold: those of the kind,
// and those that others have about it.
func (p *place) keeps(k *kind) bool {
	for _, g := range k.groups {
		n := int64(0)
		for other, count := range p.pods {
			if g.Selects(other.pod) {
				n += int64(count)
			}
		}
		if n > g.Most {
			return false
		}
	}
	for other, count := range p.pods {
		repelled := slices.ContainsFunc(other.repels, func(g kube.PodGroup) bool { return g.Selects(k.pod) })
		if repelled && (other != k || count > 1) {
			return false
		}
	}
	return true
}

func (w *world) keepsDomains(k *kind, p *place) bool {
	for _, t := range w.tallies[k] {
		if !t.keeps(p) {
			return false
		}
	}
	for other, ts := range w.tallies {
		for _, t := range ts {
			if other != k && t.rule.Kind == kube.Apart && t.repels(k, p) {
				return false
			}
		}
	}
	return true
}
