package handover

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// TaintKey is the key of the taint that keeps kube-scheduler off launched nodes
// until they are released. Nodes must register with it.
const TaintKey = "stowage.dev/handover"

// Taint returns the taint of held nodes: for Pool.StartupTaints, or the kubelet's
// --register-with-taints. It is NoSchedule: NoExecute would evict what is bound early.
func Taint() corev1.Taint {
	return corev1.Taint{Key: TaintKey, Effect: corev1.TaintEffectNoSchedule}
}

func isHold(t corev1.Taint) bool { return t.Key == TaintKey }

// A Cluster is what a Driver needs of a cluster's API server: four calls, which are
// the embedder's. They are made from several goroutines. A call that fails is made
// again as long as there is time; its error must say nothing about other calls.
type Cluster interface {
	// Watch returns what the cluster shows. Called for the first time it returns at
	// once; after that it waits until something has changed since the call before, or
	// until d has passed, or until ctx is done, which is an error. What it returns may
	// be as old as an informer's cache is, and is not modified.
	Watch(ctx context.Context, d time.Duration) (State, error)

	// Nominate sets the pod's status.nominatedNodeName; "" clears it. The patch
	// should state the pod's UID.
	Nominate(ctx context.Context, pod *corev1.Pod, node string) error

	// Bind posts a Binding of the pod to the node. The Binding should state the pod's
	// UID. A pod that is bound already is an error.
	Bind(ctx context.Context, pod *corev1.Pod, node string) error

	// Release takes every taint with TaintKey off the node. A node without is no error.
	Release(ctx context.Context, node *corev1.Node) error
}

// A State is what a cluster shows at one time. Nothing in it is modified.
type State struct {
	Nodes []*corev1.Node // all of the cluster
	Pods  []*corev1.Pod  // all of the cluster; those that have run to their end may be missing
}
