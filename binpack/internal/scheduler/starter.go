package scheduler

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/handover"
)

// A starter starts the scheduler once the Driver has nominated, bound and released.
type starter struct {
	*Embedder
	released *atomic.Bool
	start    func()
}

func (s starter) Release(ctx context.Context, node *corev1.Node) error {
	s.released.Store(true)
	return s.Embedder.Release(ctx, node)
}

func (s starter) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	state, err := s.Embedder.Watch(ctx, d)
	if err != nil || !s.released.Load() || slices.ContainsFunc(state.Nodes, isHeld) || slices.ContainsFunc(state.Pods, isReserved) {
		return state, err
	}
	s.released.Store(false)
	err = wait(ctx, nil, lag)
	s.start()
	return state, err
}

// isReserved reports whether the pod is a placeholder, or the barrier.
func isReserved(pod *corev1.Pod) bool { return pod.Namespace == handover.PlaceholderNamespace }

func isHeld(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey })
}
