package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestPricePreferences: pods that would rather be on the large nodes, which cost
// 0.1 an hour more, are there as long as that is worth it.
func TestPricePreferences(t *testing.T) {
	wish := func(weight int32) *corev1.Pod {
		return problemtest.Pod(problemtest.List("cpu", "2"), func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{
				{Weight: weight, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{problemtest.Requirement("size", "In", "l")}}},
			}}}
		})
	}
	for price, want := range map[string]string{"0": "0.1", "0.009": "0.1", "0.011": "0.2", "1": "0.2"} {
		p := problemtest.Small()
		p.Pods = []*corev1.Pod{wish(10)}
		worth, err := catalog.ParsePrice(price)
		require.NoError(t, err)
		s := solver.Solver{Preferences: solver.PricePreferences, PreferencePrice: worth}
		plan, err := s.Solve(context.Background(), p)
		require.NoError(t, err)
		require.Equal(t, want, plan.Cost.String(), "at %s", price)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		require.NoError(t, verify.Bound(context.Background(), p, plan))
	}
	p := problemtest.Small()
	p.Pods = []*corev1.Pod{wish(1), wish(100)}
	s := solver.Solver{Preferences: solver.PricePreferences, PreferencePrice: catalog.USD / 100}
	plan, err := s.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "0.2", plan.Cost.String(), "both share the large node")
	s.PreferencePrice = -1
	_, err = s.Solve(context.Background(), p)
	var invalid *binpack.InvalidError
	require.ErrorAs(t, err, &invalid)
}
