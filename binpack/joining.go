package binpack

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// DefaultJoiningTaints returns the taints that nodes carry while they join, by key and
// with whatever effect: those of Kubernetes, of a cloud's controller, and Karpenter's.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/
func DefaultJoiningTaints() []corev1.Taint {
	return []corev1.Taint{
		{Key: corev1.TaintNodeNotReady}, {Key: corev1.TaintNodeUnreachable}, {Key: corev1.TaintNodeNetworkUnavailable},
		{Key: "node.cloudprovider.kubernetes.io/uninitialized"}, {Key: "karpenter.sh/unregistered"},
	}
}

// PassingTaints returns the taints that a joining node is rid of once it has joined: by
// key, and by effect where one is stated.
//
// No example: solver and verify read joining nodes by it; a caller states JoiningTaints.
func (p Problem) PassingTaints(n ExistingNode) []corev1.Taint {
	passing := p.JoiningTaints
	if passing == nil {
		passing = DefaultJoiningTaints()
	}
	if pool := p.poolOf(n); pool != nil {
		passing = slices.Concat(passing, pool.StartupTaints)
	}
	return passing
}

// LaunchOf returns what is known of the launch of a joining node: what it may allocate,
// and the labels that it will have beside NodeLabels, those of CSI drivers among them.
//
// No example: solver and verify read joining nodes by it; a caller asks Problem.Node.
func (p Problem) LaunchOf(n ExistingNode) (allocatable corev1.ResourceList, labels map[string]string) {
	if n.Launch != nil {
		node := p.Node(*n.Launch)
		addZones(node.Labels)
		return node.Status.Allocatable, node.Labels
	}
	return p.allocatableOf(n), zonesOf(n.Node.Labels)
}

// LaunchTaints returns the taints that the pool of a joining node's Launch gives its nodes
// and that the node does not say itself: it may have reported nothing yet.
//
// No example: rules about joining nodes go by it already.
func (p Problem) LaunchTaints(n ExistingNode) []corev1.Taint {
	pool := p.poolOf(n)
	if n.Launch == nil || pool == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(pool.Taints), func(t corev1.Taint) bool {
		return slices.ContainsFunc(n.Node.Spec.Taints, func(o corev1.Taint) bool { return o.Key == t.Key && o.Effect == t.Effect })
	})
}

// addZones adds the zone under the keys of CSI drivers that the labels do not have.
func addZones(labels map[string]string) {
	for key, zone := range zonesOf(labels) {
		if _, stated := labels[key]; !stated {
			labels[key] = zone
		}
	}
}

// zonesOf returns the zone of a node under the keys of CSI drivers.
func zonesOf(labels map[string]string) map[string]string {
	out := map[string]string{}
	if zone, ok := nodelabel.Of(labels, corev1.LabelTopologyZone); ok {
		for _, key := range nodelabel.ZonesOfDrivers() {
			out[key] = zone
		}
	}
	return out
}

// allocatableOf looks a joining node up in the catalog, by its labels.
func (p *Problem) allocatableOf(n ExistingNode) corev1.ResourceList {
	value := func(key string) string {
		v, _ := nodelabel.Of(n.Node.Labels, key)
		return v
	}
	of := p.Catalog
	if pool := p.poolOf(n); pool != nil {
		of = p.CatalogOf(pool)
	}
	for _, t := range of {
		for i := range t.Offerings {
			own := t.OfferingLabels(i)
			fits := true
			for key := range own {
				if nodelabel.OnEveryNode(nodelabel.Canonical(key)) && value(nodelabel.Canonical(key)) != "" {
					fits = fits && own[key] == value(nodelabel.Canonical(key))
				}
			}
			if fits && value(corev1.LabelInstanceTypeStable) != "" {
				return t.AllocatableOf(i)
			}
		}
	}
	return nil
}

// poolOf returns the pool of a joining node; nil: it is of none.
func (p *Problem) poolOf(n ExistingNode) *Pool {
	name := n.Pool
	if name == "" && n.Launch != nil {
		name = n.Launch.Pool
	}
	pools := p.EffectivePools()
	best := -1
	for i := range pools {
		switch {
		case name != "" && pools[i].Name == name:
			return &pools[i]
		case name == "" && carriesAll(n.Node.Labels, pools[i].Labels) && (best < 0 || len(pools[i].Labels) > len(pools[best].Labels)):
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return &pools[best]
}

func carriesAll(labels, of map[string]string) bool {
	for key, value := range of {
		if v, ok := nodelabel.Of(labels, nodelabel.Canonical(key)); !ok || v != value {
			return false
		}
	}
	return true
}

// Rescheduled returns p with the pods of an existing node pending, and without the node:
// for one that is going away. Pods of daemons, pods that ended or are being deleted, and
// those that the node itself runs do not come back. The pods are copies without a node;
// a node that p does not have changes nothing.
func (p Problem) Rescheduled(node *corev1.Node) Problem {
	at := slices.IndexFunc(p.Existing, func(n ExistingNode) bool { return n.Node == node })
	if at < 0 {
		return p
	}
	p.Pods = slices.Clone(p.Pods)
	for _, pod := range p.Existing[at].Pods {
		if p.comesBack(pod) {
			again := pod.DeepCopy()
			again.Spec.NodeName, again.Status = "", corev1.PodStatus{}
			p.Pods = append(p.Pods, again)
		}
	}
	p.Existing = slices.Delete(slices.Clone(p.Existing), at, at+1)
	return p
}

// mirror marks a pod that the node runs by itself.
const mirror = "kubernetes.io/config.mirror"

// comesBack reports whether a pod is made again where its node goes away.
func (p *Problem) comesBack(pod *corev1.Pod) bool {
	ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	_, static := pod.Annotations[mirror]
	return !ended && !static && pod.DeletionTimestamp == nil && !p.isDaemon(pod)
}

// isDaemon reports whether a pod is one of a daemon set.
func (p *Problem) isDaemon(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOfNoCopy(pod)
	return owner != nil && owner.Kind == "DaemonSet" || slices.ContainsFunc(naive.Daemons(p.DaemonPods), func(d naive.Daemon) bool { return d.IsOf(pod) })
}
