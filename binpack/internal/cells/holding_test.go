package cells_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestHolding: the split that holds a plan has it as a solution that places all its pods, and each
// that places all of them keeps all rules.
func TestHolding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{Domains: true, There: true})
		if manifold(m) {
			return
		}
		plan := modeltest.SolutionOf(modeltest.Fewest(m))
		split := cells.Holding(m, plan)
		for _, r := range m.Rules {
			if r.Kind == model.Together {
				require.Nil(t, split)
				return
			}
		}
		held := split.Hold(plan)
		require.True(t, model.NoneLeft(held.Left(split.Model)))
		require.NoError(t, held.Check(split.Model))
		require.ElementsMatch(t, plan.Normal(), split.Unsplit(held).Normal())
		keepsAllWhenFull(t, m, split)
	})
}
