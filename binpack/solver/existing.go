package solver

import (
	"fmt"
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// An existingNode is a node that is up, with what the pods there leave of it.
type existingNode struct {
	kube.Node
	number int // in Problem.Existing
	gone   bool
	room   map[corev1.ResourceName]*big.Int // in billionths; a name that is not there: none, of pods no limit
	ports  []kube.HostPort                  // claimed
}

// limit returns how often the node is there.
func (n *existingNode) limit() int {
	if n.gone {
		return 0
	}
	return 1
}

// A resident is alike pods on nodes that are up.
type resident struct {
	pod  *corev1.Pod   // the first of them
	path string        // of that one in the Problem
	on   map[int]int64 // by number of the node, how many
}

// existingNodes returns the nodes of p that are up, and the pods on them, told apart
// by these labels beside all else.
func existingNodes(p *binpack.Problem, labels []string) ([]*existingNode, []resident) {
	var nodes []*existingNode
	var pods []resident
	index := map[string]int{}
	storage := storageOf(p)
	var key []byte
	for i, e := range p.Existing {
		n := &existingNode{number: i, gone: e.Node.DeletionTimestamp != nil, room: map[corev1.ResourceName]*big.Int{}}
		n.Node = kube.ExistingNode(e.Node)
		for name, q := range e.Node.Status.Allocatable {
			n.room[name] = quantity.Nano(q)
		}
		for j, pod := range e.Pods {
			if kube.Terminated(pod) {
				continue
			}
			n.ports = append(n.ports, kube.HostPorts(pod)...)
			n.take(kube.Requests(pod))
			n.take(storage.VolumeRules(pod).Attached)
			key = kube.AppendLabels(kube.AppendKey(key[:0], pod), pod, labels)
			k, ok := index[string(key)]
			if !ok {
				k = len(pods)
				index[string(key)] = k
				pods = append(pods, resident{pod, fmt.Sprintf("Existing[%d].Pods[%d]", i, j), map[int]int64{}})
			}
			pods[k].on[i]++
		}
		nodes = append(nodes, n)
	}
	return nodes, pods
}

// take takes what a pod uses out of the node's room.
func (n *existingNode) take(list corev1.ResourceList) {
	for name, q := range list {
		if room := n.room[name]; room != nil {
			room.Sub(room, quantity.Nano(q))
		}
	}
}
