package translate

import (
	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/state"

	"github.com/stowage/stowage/binpack"
)

// A Cluster is what Karpenter's provisioner knows when it plans, as data. Nothing in it is
// modified.
type Cluster struct {
	Pools      []Pool
	Nodes      []Node
	Pods       []*corev1.Pod // that want a node: pending ones, and those of nodes that are being deleted
	Daemons    []*corev1.Pod // one of each DaemonSet, with the DaemonSet as its controller
	Namespaces []*corev1.Namespace
	Storage    binpack.Storage

	// Availability is asked by Karpenter's names of instance types; nil: the offerings say
	// it all.
	Availability binpack.Availability

	BestEffort bool // MinValuesPolicy is BestEffort
}

// A Pool is a NodePool, what it may launch, and what its nodes have of its limits.
type Pool struct {
	NodePool *v1.NodePool
	Types    []*cloudprovider.InstanceType // of CloudProvider.GetInstanceTypes
	Used     corev1.ResourceList           // of state.Cluster.NodePoolResourcesFor
}

// A Node is a node that is there or on its way, and the pods that are on it or meant for
// it.
type Node struct {
	State *state.StateNode
	Pods  []*corev1.Pod
}

// A Lost is something that a Problem cannot say, or says otherwise than Karpenter. Each is
// there once, however often it occurs.
type Lost struct {
	Kind, Name string // what it was found at first, such as NodePool, default
	Text       string // for people
}

// String returns all in one line.
func (l Lost) String() string { return l.Kind + " " + l.Name + ": " + l.Text }

// losses gathers what is lost, once each.
type losses struct {
	list []Lost
	seen map[string]bool
}

func (l *losses) say(kind, name, text string) {
	if l.seen[text] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[text] = true
	l.list = append(l.list, Lost{kind, name, text})
}
