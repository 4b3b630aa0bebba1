package launch

import (
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Lists of launches are lists of nodes: the nodes of the first launch, then those of
// the second, and so on.

// nodesIn returns how many nodes a list has.
func nodesIn(launches []binpack.Launch) int {
	n := 0
	for _, l := range launches {
		n += l.Nodes()
	}
	return n
}

// costOf returns what the nodes of a list cost, per hour.
func costOf(launches []binpack.Launch) catalog.Price {
	sum := catalog.Price(0)
	for _, l := range launches {
		sum += l.Price * catalog.Price(l.Nodes())
	}
	return sum
}

// cut returns the first n nodes of a list, and the rest. A launch that has nodes in both
// is split.
func cut(launches []binpack.Launch, n int) (first, rest []binpack.Launch) {
	for i, l := range launches {
		nodes := l.Nodes()
		switch {
		case n == 0:
			return launches[:i:i], launches[i:]
		case n < nodes:
			more := l
			l.Count, more.Count = n, nodes-n
			return append(launches[:i:i], l), append([]binpack.Launch{more}, launches[i+1:]...)
		}
		n -= nodes
	}
	return launches, nil
}

// single makes node n of a list a launch of its own, and returns the list and where
// that is.
func single(launches []binpack.Launch, n int) ([]binpack.Launch, int) {
	for i := range launches {
		nodes := launches[i].Nodes()
		if n < nodes && nodes == 1 {
			return launches, i
		}
		if n < nodes {
			before, rest := cut(launches[i:i+1], n)
			one, after := cut(rest, 1)
			return slices.Concat(launches[:i], before, one, after, launches[i+1:]), i + len(before)
		}
		n -= nodes
	}
	return launches, len(launches)
}

// waiting returns how often each pod is to be placed.
func waiting(p binpack.Problem) map[*corev1.Pod]int {
	left := map[*corev1.Pod]int{}
	for _, pod := range p.Pods {
		left[pod]++
	}
	for _, w := range p.Workloads {
		left[w.Pod] += w.Replicas
	}
	return left
}

// ready reports whether a pod waits for a node, and not for something else first: a gate,
// or its end.
func ready(pod *corev1.Pod) bool {
	return len(pod.Spec.SchedulingGates) == 0 && pod.Spec.NodeName == "" && pod.DeletionTimestamp == nil &&
		pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// noneReady reports whether no pods wait that are ready.
func noneReady(left map[*corev1.Pod]int) bool {
	for pod, n := range left {
		if n > 0 && ready(pod) {
			return false
		}
	}
	return true
}

// none reports whether no pods wait.
func none(left map[*corev1.Pod]int) bool {
	for _, n := range left {
		if n > 0 {
			return false
		}
	}
	return true
}

// holding returns how many nodes with these pods those that wait are enough for.
func holding(left map[*corev1.Pod]int, pods []binpack.Placement) int {
	most := math.MaxInt
	asked := map[*corev1.Pod]int{}
	for _, on := range pods {
		if on.Count <= 0 || on.Count > left[on.Pod]-asked[on.Pod] {
			return 0
		}
		asked[on.Pod] += on.Count
		most = min(most, left[on.Pod]/asked[on.Pod])
	}
	return most
}

// take takes the pods of a number of alike nodes out of those that wait, and reports
// whether they were there; if not, it takes none.
func take(left map[*corev1.Pod]int, pods []binpack.Placement, nodes int) bool {
	if holding(left, pods) < nodes {
		return false
	}
	for _, on := range pods {
		left[on.Pod] -= on.Count * nodes
	}
	return true
}
