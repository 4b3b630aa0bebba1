package handover

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// check checks what must hold once a handover has ended.
func (s *scene) check(t require.TestingT, o Outcome, err error) {
	require.Empty(t, s.faults)
	for pod, n := range s.bindings {
		require.Equal(t, 1, n, pod)
	}
	for name, n := range s.nodes {
		used := int64(0)
		for _, pod := range s.fake.pods {
			if pod.Spec.NodeName == name {
				used += requestOf(pod)
			}
		}
		require.LessOrEqual(t, used, milliOf(n.Status.Allocatable), name)
	}
	require.Len(t, o.Pods, len(s.pods))
	for _, pod := range o.Pods {
		live := s.fake.pods[pod.Pod.Name]
		if live == nil || live.UID != pod.Pod.UID {
			require.Equal(t, Gone, pod.Fate)
			continue
		}
		require.Equal(t, live.Spec.NodeName, pod.Node, "%s: %s", pod.Pod.Name, pod.Fate)
		require.Equal(t, pod.Node != "", pod.Fate.Bound(), "%s: %s", pod.Pod.Name, pod.Fate)
		if err == nil && live.Spec.NodeName == "" {
			require.Empty(t, live.Status.NominatedNodeName, pod.Pod.Name)
		}
	}
	if err != nil {
		require.ErrorIs(t, err, ErrLeft)
		return
	}
	for _, id := range s.handover.Nodes {
		if n := s.nodes[id]; n != nil {
			require.False(t, held(n), id)
		}
	}
	for name, pod := range s.fake.pods {
		require.NotEqual(t, PlaceholderNamespace, pod.Namespace, name)
	}
}

// most is how long a Run takes at the most, by the clock of the fake.
func most(d Driver) time.Duration { return d.Join + maxSettles*d.Settle + d.CleanUp + 2*time.Second }

// TestAllGoesWell hands over where nothing goes wrong: every pod is on its node.
func TestAllGoesWell(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		s := newScene(seed, 1+int(seed%6))
		o, err := s.driver().Run(t.Context(), s.handover)
		require.NoError(t, err)
		s.check(t, o, nil)
		for _, pod := range o.Pods {
			require.True(t, pod.Fate.Bound(), "seed %d: %s: %s", seed, pod.Pod.Name, pod.Fate)
		}
		require.Empty(t, o.Missing)
	}
}

// TestKilled kills the Driver at every call, and starts it again: every pod is on a
// node in the end.
func TestKilled(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		for at := 1; ; at++ {
			s := newScene(seed, 3)
			ctx, cancel := context.WithCancel(t.Context())
			s.kill, s.killAt = cancel, at
			o, err := s.driver().Run(ctx, s.handover)
			cancel()
			if s.calls < at {
				require.NoError(t, err)
				break // it ended before
			}
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				require.Len(t, o.Pods, len(s.pods))
				o, err = s.driver().Run(t.Context(), s.handover)
			}
			require.NoError(t, err)
			s.check(t, o, nil)
			for _, pod := range o.Pods {
				require.True(t, pod.Fate.Bound(), "killed at %d: %s: %s", at, pod.Pod.Name, pod.Fate)
			}
		}
	}
}

// TestGivenUp kills the Driver at every call, and gives up: nothing stays.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		s := newScene(3, 3)
		ctx, cancel := context.WithCancel(t.Context())
		s.kill, s.killAt = cancel, at
		_, err := s.driver().Run(ctx, s.handover)
		cancel()
		if s.calls < at {
			break
		}
		if err != nil {
			o, err := s.driver().GiveUp(t.Context(), s.handover)
			require.NoError(t, err)
			s.check(t, o, nil)
		}
	}
}

// TestChaos lets everything go wrong that can: nodes that come late, never, not ready,
// or go away, nominations that are cleared, pods that are deleted or replaced, pods of
// higher priority that take room, calls that fail, and whose answers are lost, and
// Drivers that are killed again and again. It ends in its time, and every pod is
// accounted for.
func TestChaos(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newScene(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 6).Draw(t, "nodes"))
		s.chaos(t, s.driver())
	})
}

// chaos draws what goes wrong, runs the Driver until it ends, and checks what is left.
func (s *scene) chaos(t *rapid.T, d Driver) {
	s.errors = rapid.SampledFrom([]float64{0, 0.05, 0.3}).Draw(t, "errors")
	s.lost = rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "answers lost")
	s.clears = rapid.SampledFrom([]float64{0, 0.1, 0.5}).Draw(t, "clears")
	for i := range rapid.IntRange(0, 6).Draw(t, "events") {
		s.misfortune(t, i)
	}
	kills := rapid.SliceOfN(rapid.IntRange(1, 60), 0, 3).Draw(t, "kills")
	for {
		ctx, cancel := context.WithCancel(context.Background())
		s.kill, s.killAt, s.calls = cancel, 0, 0
		if len(kills) > 0 {
			s.killAt, kills = kills[0], kills[1:]
		}
		began := s.now
		o, err := d.Run(ctx, s.handover)
		cancel()
		require.LessOrEqual(t, s.now.Sub(began), most(s.driver()))
		if errors.Is(err, context.Canceled) {
			require.Len(t, o.Pods, len(s.pods))
			continue
		}
		s.check(t, o, err)
		if err != nil {
			s.errors = 0
			o, err = d.GiveUp(context.Background(), s.handover)
			require.NoError(t, err)
			s.check(t, o, nil)
		}
		return
	}
}

// misfortune plans one thing that goes wrong.
func (s *scene) misfortune(t *rapid.T, i int) {
	at := rapid.IntRange(0, 40).Draw(t, "at")
	node := rapid.SampledFrom(s.handover.Nodes).Draw(t, "node")
	pod := rapid.SampledFrom(s.pods).Draw(t, "pod")
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0: // the node never comes, or goes away
		s.at(at, func(f *fake) {
			delete(f.nodes, node)
			for name, p := range f.pods {
				if p.Spec.NodeName == node {
					delete(f.pods, name)
				}
			}
		})
	case 1: // is not ready
		s.at(at, func(f *fake) {
			if n := f.nodes[node]; n != nil {
				n = n.DeepCopy()
				n.Status.Conditions[0].Status = corev1.ConditionFalse
				f.nodes[node] = n
			}
		})
	case 2:
		s.at(at, func(f *fake) { delete(f.pods, pod) })
	case 3: // another pod of the same name
		s.at(at, func(f *fake) {
			if p := f.pods[pod]; p != nil {
				p = p.DeepCopy()
				p.UID += "-again"
				p.Spec.NodeName, p.Status.NominatedNodeName = "", ""
				f.pods[pod] = p
			}
		})
	case 4: // a pod of higher priority
		s.at(at, func(f *fake) {
			stranger := fakePod(fmt.Sprintf("stranger-%d", i), "stranger", int64(500+f.random.IntN(3000)), false)
			high := int32(1000)
			stranger.Spec.Priority = &high
			f.addPod(stranger)
		})
	case 5: // a cordon
		s.at(at, func(f *fake) {
			if n := f.nodes[node]; n != nil {
				n = n.DeepCopy()
				n.Spec.Unschedulable = true
				f.nodes[node] = n
			}
		})
	}
}
