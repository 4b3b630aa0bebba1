package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/solver"
)

// TestLimitsAreLeftToThoseWhoNeedThem: a quota limits one of two zones. It has room for all pods that must be there, but not
// where others fill their nodes.
func TestLimitsAreLeftToThoseWhoNeedThem(t *testing.T) {
	plan, err := solver.Solver{Work: 1_000_000}.Solve(context.Background(), problemOf(t, "all rules, 400 pods", 1531))
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
}
