package supply

import (
	"fmt"
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// An ExistingNode is a node that is there, or on its way, with what the pods there leave of it.
type ExistingNode struct {
	Node   kube.Node
	Number int // in Problem.Existing
	gone   bool
	room   map[corev1.ResourceName]*big.Int // in billionths; a name that is not there: none, of pods no limit
	Ports  []kube.HostPort                  // claimed
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
func ExistingNodes(p *binpack.Problem, storage kube.Storage, labels []string) ([]*ExistingNode, []Resident) {
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
		next := 0
		for pod, times := range e.Alike() {
			j := next
			next += times
			if kube.Terminated(pod) {
				continue
			}
			n.Ports = append(n.Ports, kube.HostPorts(pod)...)
			n.take(kube.Requests(pod), times)
			n.take(storage.VolumeRules(pod).Attached, times)
			key = kube.AppendLabels(kube.AppendKey(key[:0], pod), pod, labels)
			k, ok := index[string(key)]
			if !ok {
				k = len(pods)
				index[string(key)] = k
				pods = append(pods, Resident{pod, fmt.Sprintf("Existing[%d].Pods[%d]", i, j), map[int]int64{}})
			}
			pods[k].On[i] += int64(times)
		}
		nodes = append(nodes, n)
	}
	return nodes, pods
}

// take takes what so many alike pods use out of the node's room.
func (n *ExistingNode) take(list corev1.ResourceList, times int) {
	for name, q := range list {
		if room := n.room[name]; room != nil {
			room.Sub(room, new(big.Int).Mul(quantity.Nano(q), big.NewInt(int64(times))))
		}
	}
}
