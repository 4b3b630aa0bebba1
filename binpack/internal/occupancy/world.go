package occupancy

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A World is pods on nodes, as kube-scheduler reads them. Some pods are there, others
// may be there or not: whoever asks wants an answer that is right in both cases.
type World struct {
	Places  []*Place
	byName  map[string]*Place
	Tallies map[*Kind][]*Tally
}

// A Place is a node of a world, and the pods that are there or may be.
type Place struct {
	Node *corev1.Node
	Seen kube.Node // without the taint of a handover
	Used corev1.ResourceList
	pods map[*Kind]int
}

// New returns the world of nodes without pods. Their taints for which ignored says so do
// not count.
func New(nodes []*corev1.Node, ignored func(corev1.Taint) bool) *World {
	w := &World{byName: map[string]*Place{}, Tallies: map[*Kind][]*Tally{}}
	for _, n := range nodes {
		seen := kube.ExistingNode(n)
		seen.Taints = slices.DeleteFunc(slices.Clone(seen.Taints), ignored)
		p := &Place{Node: n, Seen: seen, Used: corev1.ResourceList{}, pods: map[*Kind]int{}}
		w.Places = append(w.Places, p)
		w.byName[n.Name] = p
	}
	return w
}

// At returns the node of the name; nil: there is none.
func (w *World) At(name string) *Place { return w.byName[name] }

// Clone returns a copy of w that can be changed by itself.
func (w *World) Clone() *World {
	out := &World{byName: map[string]*Place{}, Tallies: map[*Kind][]*Tally{}}
	at := map[*Place]*Place{}
	for _, p := range w.Places {
		c := &Place{p.Node, p.Seen, p.Used.DeepCopy(), maps.Clone(p.pods)}
		out.Places = append(out.Places, c)
		out.byName[p.Node.Name] = c
		at[p] = c
	}
	for k, ts := range w.Tallies {
		for _, t := range ts {
			out.Tallies[k] = append(out.Tallies[k], t.clone(at))
		}
	}
	return out
}

// Know makes the tallies of a kind's rules, for the pods that are there already.
func (w *World) Know(k *Kind) {
	if _, known := w.Tallies[k]; known {
		return
	}
	all := []*Tally{}
	for _, r := range k.Rules {
		t := newTally(k, r)
		for _, p := range w.Places {
			t.join(p)
		}
		all = append(all, t)
	}
	w.Tallies[k] = all
}

// Add puts n pods of a kind on the node, or takes -n off. All kinds that are asked
// about must be known before.
func (w *World) Add(k *Kind, p *Place, n int, certain bool) {
	p.put(k, n)
	w.count(k, p, n, true, certain)
}

// Selected reports whether a rule of other pods, other than that they keep apart, says
// where pods of the kind have to be.
func (w *World) Selected(k *Kind) bool {
	for owner, ts := range w.Tallies {
		for _, t := range ts {
			if owner != k && t.Rule.Kind != kube.Apart && t.Rule.Selects(k.Pod) {
				return true
			}
		}
	}
	return false
}

// put changes what is on the node, without the rules over domains.
func (p *Place) put(k *Kind, n int) {
	for name, q := range k.Requests {
		sum := p.Used[name]
		for range n {
			sum.Add(q)
		}
		for range -n {
			sum.Sub(q)
		}
		p.Used[name] = sum
	}
	if p.pods[k] += n; p.pods[k] == 0 {
		delete(p.pods, k)
	}
}

// Settle says that a pod which might be there is.
func (w *World) Settle(k *Kind, p *Place) { w.count(k, p, 1, false, true) }

func (w *World) count(k *Kind, p *Place, n int, possible, certain bool) {
	for _, ts := range w.Tallies {
		for _, t := range ts {
			t.count(k, p, n, possible, certain)
		}
	}
}

// A Refusal says which rule keeps a pod off a node.
type Refusal string

const (
	Admitted Refusal = ""
	ByNode   Refusal = "the node's labels or taints"
	ByRoom   Refusal = "the node's room"
	ByPods   Refusal = "the rules between pods"
)

// Refusal returns what keeps a pod of the kind, which is among the pods that may be
// there, off its node, whichever of the others that may be there are; "": nothing.
func (w *World) Refusal(k *Kind, p *Place) Refusal {
	switch {
	case !p.Admits(k):
		return ByNode
	case !p.holds(k):
		return ByRoom
	case !p.keeps(k) || !w.KeepsDomains(k, p):
		return ByPods
	}
	return Admitted
}

// Enter puts a pod on a node, and takes it back where something keeps it off.
func (w *World) Enter(k *Kind, at *Place) bool {
	w.Add(k, at, 1, false)
	if w.Refusal(k, at) == Admitted {
		return true
	}
	w.Add(k, at, -1, false)
	return false
}

// Admits reports whether the rules about the node itself hold.
func (p *Place) Admits(k *Kind) bool {
	return p.Node.DeletionTimestamp == nil && k.node.Match(p.Seen) &&
		kube.Untolerated(k.Pod.Spec.Tolerations, p.Seen.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
}

// holds reports whether the node has room for all that may be there, as far as a pod
// of the kind asks for it.
func (p *Place) holds(k *Kind) bool {
	for name, q := range k.Requests {
		most, stated := p.Node.Status.Allocatable[name]
		if !stated && IsUnlimited(name) {
			continue
		}
		if used := p.Used[name]; !q.IsZero() && used.Cmp(most) > 0 {
			return false
		}
	}
	ports := kube.HostPorts(k.Pod)
	for other, n := range p.pods {
		if len(ports) == 0 {
			break
		}
		if _, clash := kube.Clash(ports, kube.HostPorts(other.Pod)); clash && (other != k || n > 1) {
			return false
		}
	}
	return true
}

// IsUnlimited reports whether a node has no limit of a resource that it does not state.
func IsUnlimited(name corev1.ResourceName) bool {
	return name == corev1.ResourcePods || strings.HasPrefix(string(name), kube.AttachPrefix)
}

// keeps reports whether the rules about the pods of the node hold: those of the kind,
// and those that others have about it.
func (p *Place) keeps(k *Kind) bool {
	for _, g := range k.groups {
		n := int64(0)
		for other, count := range p.pods {
			if g.Selects(other.Pod) {
				n += int64(count)
			}
		}
		if n > g.Most {
			return false
		}
	}
	for other, count := range p.pods {
		repelled := slices.ContainsFunc(other.repels, func(g kube.PodGroup) bool { return g.Selects(k.Pod) })
		if repelled && (other != k || count > 1) {
			return false
		}
	}
	return true
}

func (w *World) KeepsDomains(k *Kind, p *Place) bool {
	for _, t := range w.Tallies[k] {
		if !t.Keeps(p) {
			return false
		}
	}
	for other, ts := range w.Tallies {
		for _, t := range ts {
			if other != k && t.Rule.Kind == kube.Apart && t.repels(k, p) {
				return false
			}
		}
	}
	return true
}
