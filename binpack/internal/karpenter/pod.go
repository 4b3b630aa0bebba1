package karpenter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// addPods makes n pending pods of a kind.
func (r *run) addPods(kind *corev1.Pod, n int) {
	for i := range n {
		pod := newPod(kind, fmt.Sprintf("%s-%d-%d", kind.Name, len(r.kinds), i))
		r.kindOf[pod.UID] = len(r.kinds)
		r.pending = append(r.pending, pod)
	}
	r.kinds = append(r.kinds, kind)
}

// newPod copies kind under a name that is its own, with the defaults that the
// API server fills in. The copy is deep: Karpenter adds to the selectors of
// spreads in place.
func newPod(kind *corev1.Pod, name string) *corev1.Pod {
	pod := kind.DeepCopy()
	pod.Name, pod.UID = name, types.UID(name)
	pod.Namespace = cmp.Or(pod.Namespace, corev1.NamespaceDefault)
	setDefaults(pod.Spec.InitContainers)
	setDefaults(pod.Spec.Containers)
	return pod
}

// setDefaults makes a limit without a request a request of as much, and a port
// without a protocol a TCP port.
func setDefaults(containers []corev1.Container) {
	for i := range containers {
		requests := maps.Clone(containers[i].Resources.Limits)
		if requests != nil {
			maps.Copy(requests, containers[i].Resources.Requests)
			containers[i].Resources.Requests = requests
		}
		for j := range containers[i].Ports {
			port := &containers[i].Ports[j]
			port.Protocol = cmp.Or(port.Protocol, corev1.ProtocolTCP)
		}
	}
}

// placements counts single pods by kind, in the problem's order.
func (r *run) placements(pods []*corev1.Pod) []binpack.Placement {
	counts := map[int]int{}
	for _, pod := range pods {
		counts[r.kindOf[pod.UID]]++
	}
	var out []binpack.Placement
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, binpack.Placement{Pod: r.kinds[kind], Count: counts[kind]})
	}
	return out
}

// launchedLabel is on the nodes of every pool, and every daemon selects it.
// Karpenter reserves room on existing nodes for the daemons that it misses
// there; in a Problem, daemons run on new nodes only.
const launchedLabel = "stowage/launched"

// daemons returns the daemon pods as Karpenter is to see them.
func daemons(kinds []*corev1.Pod) []*corev1.Pod {
	var out []*corev1.Pod
	for i, kind := range kinds {
		pod := newPod(kind, fmt.Sprintf("daemon-%d", i))
		selector := map[string]string{launchedLabel: "true"}
		maps.Copy(selector, kind.Spec.NodeSelector)
		pod.Spec.NodeSelector = selector
		out = append(out, pod)
	}
	return out
}
