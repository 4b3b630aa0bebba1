package solver_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
)

// TestPreferenceCost: ten pods that would rather be apart cost nine nodes more than
// together; the plan says so where it is asked.
func TestPreferenceCost(t *testing.T) {
	const file = `{"preferences": {"policy": "Ignore"},
		"pods": [{"name": "web", "count": 10, "requests": {"cpu": "100m"}, "labels": {"app": "web"}, "affinity": {"podAntiAffinity":
			{"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}}]}}}],
		"instanceTypes": [{"name": "m", "allocatable": {"cpu": "2"}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 1}]}]}`
	p, settings, err := problemfile.ReadSettings(strings.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, problemfile.Ignore, settings.Preferences)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Nil(t, plan.PreferenceCost)
	plan, err = solver.Solver{ComparePreferences: true}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, "10", plan.Cost.String())
	require.Equal(t, "9", plan.PreferenceCost.String())
}
