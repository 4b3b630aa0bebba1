package handover

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// TestFaults lets one thing go wrong, and kills the Driver at every call: started again,
// it ends in its time, with every pod accounted for as it should be.
func TestFaults(t *testing.T) {
	t.Parallel()
	const late = 3 // seconds: some of the nodes have come
	for name, fault := range map[string]struct {
		befalls func(s *scene)
		holds   func(t *testing.T, s *scene, o Outcome)
	}{
		"a node never comes": {
			func(s *scene) { s.handover.Nodes[0] = "never" },
			func(t *testing.T, _ *scene, o Outcome) {
				require.Equal(t, []int{0}, o.Missing)
				require.Positive(t, bound(o))
				require.Zero(t, o.Count()[Gone])
			},
		},
		"nominations are cleared": {
			func(s *scene) { s.clears = 0.5 },
			func(t *testing.T, _ *scene, o Outcome) { require.Zero(t, o.Count()[NoNode]+o.Count()[Gone]) },
		},
		"a pod is deleted": {
			func(s *scene) { s.at(late, func(f *fake) { delete(f.pods, s.pods[0]) }) },
			func(t *testing.T, s *scene, o Outcome) {
				require.Equal(t, 1, o.Count()[Gone])
				require.Equal(t, len(s.pods)-1, bound(o))
			},
		},
		"a pod is placed elsewhere": {
			func(s *scene) {
				s.nodes["spot"] = fakeNode("spot", "a", 500)
				s.at(late, func(f *fake) {
					if f.pods[s.pods[0]].Spec.NodeName == "" {
						f.change(s.pods[0], func(p *corev1.Pod) { p.Spec.NodeName, p.Status.NominatedNodeName = "spot", "" })
					}
				})
			},
			func(t *testing.T, s *scene, o Outcome) { require.Equal(t, len(s.pods), bound(o)) },
		},
		"answers are lost": {
			func(s *scene) { s.errors, s.lost = 0.3, 1 },
			func(t *testing.T, s *scene, o Outcome) { require.Zero(t, o.Count()[NoNode]+o.Count()[Gone]) },
		},
		"a pod of higher priority arrives": {
			func(s *scene) {
				s.at(late, func(f *fake) {
					stranger, high := fakePod("stranger", "stranger", 3000, false), int32(1000)
					stranger.Spec.Priority = &high
					f.addPod(stranger)
				})
			},
			func(t *testing.T, s *scene, o Outcome) { require.Zero(t, o.Count()[Waiting]) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; ; at++ {
				s := newScene(2, 3)
				fault.befalls(s)
				ctx, cancel := context.WithCancel(t.Context())
				s.kill, s.killAt = cancel, at
				began := s.now
				o, err := s.driver().Run(ctx, s.handover)
				cancel()
				ended := s.calls < at
				require.LessOrEqual(t, s.now.Sub(began), most(s.driver()))
				if err != nil && !ended {
					require.ErrorIs(t, err, context.Canceled)
					require.Len(t, o.Pods, len(s.pods))
					began = s.now
					o, err = s.driver().Run(t.Context(), s.handover)
					require.LessOrEqual(t, s.now.Sub(began), most(s.driver()))
				}
				require.NoError(t, err, "killed at %d", at)
				s.check(t, o, nil)
				fault.holds(t, s, o)
				if ended {
					return
				}
			}
		})
	}
}

// bound counts the pods that are on a node.
func bound(o Outcome) int {
	n := 0
	for _, pod := range o.Pods {
		if pod.Fate.Bound() {
			n++
		}
	}
	return n
}
