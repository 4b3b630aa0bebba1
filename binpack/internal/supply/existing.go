package supply

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// An ExistingNode is a node that is there, or on its way, with what the pods there leave of it.
type ExistingNode struct {
	Node   kube.Node
	Number int // in Problem.Existing
	gone   bool
	room   map[corev1.ResourceName]*big.Int // in billionths; a name that is not there: none, of pods no limit
	Ports  []kube.HostPort                  // claimed
	Held   map[string]bool                  // volumes that are attached for its pods, by name
}

// limit returns how often the node is there.
func (n *ExistingNode) limit() int {
	if n.gone {
		return 0
	}
	return 1
}

// A Resident is alike pods on existing nodes.
type Resident struct {
	Pod  *corev1.Pod   // the first of them
	Path string        // of that one in the Problem
	On   map[int]int64 // by number of the node, how many
}

// ExistingNodes returns the existing nodes of p, and the pods on them, told apart by
// these labels beside all else.
func ExistingNodes(p *binpack.Problem, storage *volumes.Storage, labels []string) ([]*ExistingNode, []Resident) {
	var nodes []*ExistingNode
	var pods []Resident
	index := map[string]int{}
	var key []byte
	reside := func(node int, pod *corev1.Pod, times int, path string) {
		key = kube.AppendLabels(kube.AppendKey(key[:0], pod), pod, labels)
		k, ok := index[string(key)]
		if !ok {
			k = len(pods)
			index[string(key)] = k
			pods = append(pods, Resident{pod, path, map[int]int64{}})
		}
		pods[k].On[node] += int64(times)
	}
	daemons := daemonsOf(p.DaemonPods)
	for i, e := range p.Existing {
		node, missing := e.Node, []int(nil)
		n := &ExistingNode{Number: i, gone: kube.GoingAway(e.Node)}
		if n.room = roomOn(e.Node); e.Joining {
			node, n.room, missing = joining(p, e, daemons)
		}
		n.Node = kube.ExistingNode(node)
		n.attached(storage.LoadOf(e.Node.Name, distinct(e)))
		next := 0
		for pod, times := range e.Alike() {
			j := next
			next += times
			if kube.Terminated(pod) {
				continue
			}
			n.Ports = append(n.Ports, kube.HostPorts(pod)...)
			n.take(kube.RequestsThere(check.Readable(pod)), times)
			reside(i, pod, times, fmt.Sprintf("Existing[%d].Pods[%d]", i, j))
		}
		for _, d := range missing {
			n.Ports = append(n.Ports, daemons[d].Ports...)
			n.take(daemons[d].Requests, 1)
			if peer := daemons[d].Peer; peer != nil {
				reside(i, peer, 1, fmt.Sprintf("DaemonPods[%d]", d))
			}
		}
		nodes = append(nodes, n)
	}
	return nodes, pods
}

// distinct returns the pods of a node, one of each run of alike ones.
func distinct(e binpack.ExistingNode) []*corev1.Pod {
	var out []*corev1.Pod
	for pod := range e.Alike() {
		out = append(out, pod)
	}
	return out
}

// roomOn returns what a node states that it has.
func roomOn(node *corev1.Node) map[corev1.ResourceName]*big.Int {
	room := map[corev1.ResourceName]*big.Int{}
	for name, q := range node.Status.Allocatable {
		room[name] = quantity.Nano(q)
	}
	return room
}

// joining returns a node on its way as it will be, what it will have, and the numbers of
// the daemons that it will have beside its pods.
func joining(p *binpack.Problem, e binpack.ExistingNode, daemons []kube.Daemon) (*corev1.Node, map[corev1.ResourceName]*big.Int, []int) {
	allocatable, labels := p.LaunchOf(e)
	tainted := *e.Node
	tainted.Spec.Taints = slices.Concat(e.Node.Spec.Taints, p.LaunchTaints(e))
	node := kube.Joined(&tainted, p.PassingTaints(e), labels, p.NodeLabels)
	room := roomOn(e.Node)
	for name, q := range allocatable {
		if amount := quantity.Nano(q); room[name] == nil || room[name].Cmp(amount) < 0 {
			room[name] = amount
		}
	}
	missing := slices.DeleteFunc(kube.Running(daemons, kube.ExistingNode(node)), func(d int) bool { return daemons[d].Arrived(e.Pods) })
	return node, room, missing
}

// attached takes what is attached to the node, of what its CSINode allows where that is
// known.
func (n *ExistingNode) attached(l volumes.Load) {
	n.Held = l.Held
	if l.Stated {
		maps.DeleteFunc(n.room, func(name corev1.ResourceName, _ *big.Int) bool {
			return strings.HasPrefix(string(name), kube.AttachPrefix)
		})
		for name, q := range l.Limits {
			n.room[name] = quantity.Nano(q)
		}
	}
	n.take(l.Taken, 1)
}

// take takes what a number of alike pods use out of the node's room.
func (n *ExistingNode) take(list corev1.ResourceList, times int) {
	for name, q := range list {
		if room := n.room[name]; room != nil {
			room.Sub(room, new(big.Int).Mul(quantity.Nano(q), big.NewInt(int64(times))))
		}
	}
}
