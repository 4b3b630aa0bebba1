package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// TestTriedPods: pods that keep out of each other's zones, tried on the whole nodes of the bound and on nodes near them, are the plan,
// and the bound is what it costs. The search alone finds a dearer one.
func TestTriedPods(t *testing.T) {
	p := problemOf(t, "zone anti-affinity, 30 pods", 1212)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))

	other, err := solver.Solver{}.Without(technique.TriedPods).Without(technique.NearNodes).Solve(context.Background(), p)
	require.NoError(t, err)
	require.Greater(t, other.Cost, plan.Cost)
}
