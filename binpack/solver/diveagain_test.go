package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/solver"
)

// TestDivesAgain: the first dive gives up here, by a program that is cut short. Without another one the gap is 3 %.
func TestDivesAgain(t *testing.T) {
	p := problemOf(t, "open keys, 600 pods", 1204)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Less(t, plan.Gap(), 0.01)
}
