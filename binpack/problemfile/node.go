package problemfile

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// maxRepeats is the largest count of a pod on an existing node, and of all pods on all
// nodes of a file together: each takes the eight bytes of a pointer, so that a slip of
// the pen does not fill the memory.
const maxRepeats = 10_000_000

// newExistingNodes returns the entries of nodes.
func newExistingNodes(nodes []binpack.ExistingNode) ([]existingNode, error) {
	var entries []existingNode
	for i, n := range nodes {
		path := at("Existing", i)
		if n.Node == nil {
			return nil, fault(path+".Node", "is nil")
		}
		pods, err := newNodePods(path+".Pods", n.Pods)
		if err != nil {
			return nil, err
		}
		w := existingNode{Name: n.Node.Name, shortNode: newShortNode(n.Node)}
		if !equal(w.shortNode.node(w.Name), n.Node) {
			w = existingNode{Node: n.Node}
		}
		w.Pods, w.Joining, w.Pool, w.Launch = pods, n.Joining, n.Pool, newLaunch(n.Launch)
		entries = append(entries, w)
	}
	return entries, nil
}

// existingOf returns the nodes of the entries.
func existingOf(entries []existingNode) ([]binpack.ExistingNode, error) {
	var nodes []binpack.ExistingNode
	seen := map[string]bool{}
	running := 0
	for i := range entries {
		w, path := &entries[i], at("existingNodes", i)
		n := binpack.ExistingNode{Node: w.Node, Joining: w.Joining, Pool: w.Pool, Launch: w.Launch.stated()}
		switch {
		case w.Node == nil:
			n.Node = w.shortNode.node(w.Name)
		case w.Name != "" || !equal(w.shortNode, shortNode{}):
			return nil, fault(path, "has fields of a node beside the whole node")
		}
		if seen[n.Node.Name] {
			return nil, fault(path, "a second node %q", n.Node.Name)
		}
		seen[n.Node.Name] = true
		for j := range w.Pods {
			pods, err := w.Pods[j].copies(at(path+".pods", j))
			if err != nil {
				return nil, err
			}
			if running += len(pods); running > maxRepeats {
				return nil, fault(at(path+".pods", j)+".count", "more than %d pods on existing nodes", maxRepeats)
			}
			n.Pods = append(n.Pods, pods...)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// copies returns the pods of an entry on an existing node: one, as often as it says.
func (e *podEntry) copies(path string) ([]*corev1.Pod, error) {
	count := 1
	if e.Count != nil {
		count = *e.Count
	}
	if count < 0 || count > maxRepeats {
		return nil, fault(path+".count", "%d is not between 0 and %d", count, maxRepeats)
	}
	pod, err := e.pod(path)
	if err != nil {
		return nil, err
	}
	return slices.Repeat([]*corev1.Pod{pod}, count), nil
}

// newNodePods returns the entries of daemons, or of pods on a node: nothing
// refers to their names, so that these may repeat.
func newNodePods(path string, pods []*corev1.Pod) ([]podEntry, error) {
	var entries []podEntry
	for i, pod := range pods {
		if pod == nil {
			return nil, fault(at(path, i), "is nil")
		}
		if i > 0 && pods[i-1] == pod { // one that follows itself stands for several
			last := &entries[len(entries)-1]
			count := countOf(last.Count) + 1
			last.Count = &count
			continue
		}
		entries = append(entries, newPodEntry(pod.Name, pod))
	}
	return entries, nil
}

// newShortNode returns as much of a node as the short form can say. It leaves
// out a hostname label that just repeats the node's name.
func newShortNode(n *corev1.Node) shortNode {
	s := shortNode{Labels: n.Labels, Taints: n.Spec.Taints, Allocatable: n.Status.Allocatable}
	if s.Labels[corev1.LabelHostname] == n.Name {
		s.Labels = maps.Clone(s.Labels)
		delete(s.Labels, corev1.LabelHostname)
	}
	return s
}

// node returns the node that the short form stands for. Like every node that
// a kubelet registers it has a hostname label: its name, unless another is
// stated.
func (s *shortNode) node(name string) *corev1.Node {
	labels := map[string]string{corev1.LabelHostname: name}
	maps.Copy(labels, s.Labels)
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec:       corev1.NodeSpec{Taints: s.Taints},
		Status:     corev1.NodeStatus{Allocatable: s.Allocatable},
	}
}
