package supply

import (
	"fmt"
	"maps"
	"math/big"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
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
	for i, e := range p.Existing {
		n := &ExistingNode{Number: i, gone: e.Node.DeletionTimestamp != nil, room: map[corev1.ResourceName]*big.Int{}}
		n.Node = kube.ExistingNode(e.Node)
		for name, q := range e.Node.Status.Allocatable {
			n.room[name] = quantity.Nano(q)
		}
		n.attached(storage.LoadOf(e.Node.Name, e.Pods))
		for j, pod := range e.Pods {
			if kube.Terminated(pod) {
				continue
			}
			n.Ports = append(n.Ports, kube.HostPorts(pod)...)
			n.take(kube.RequestsThere(pod))
			key = kube.AppendLabels(kube.AppendKey(key[:0], pod), pod, labels)
			k, ok := index[string(key)]
			if !ok {
				k = len(pods)
				index[string(key)] = k
				pods = append(pods, Resident{pod, fmt.Sprintf("Existing[%d].Pods[%d]", i, j), map[int]int64{}})
			}
			pods[k].On[i]++
		}
		nodes = append(nodes, n)
	}
	return nodes, pods
}

// take takes what a pod uses out of the node's room.
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
	n.take(l.Taken)
}

func (n *ExistingNode) take(list corev1.ResourceList) {
	for name, q := range list {
		if room := n.room[name]; room != nil {
			room.Sub(room, quantity.Nano(q))
		}
	}
}
