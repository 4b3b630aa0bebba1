package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// TestValues: all pods together are worth the lower bound, but for what rounding takes of
// each; charges are in it. To another problem a plan says nothing.
func TestValues(t *testing.T) {
	for _, charge := range []catalog.Price{0, catalog.USD / 50} {
		p := problemtest.Problem(t, "constraints-selectors-200")
		plan, err := solver.Solver{Work: 500_000, NodeCharge: charge}.Solve(context.Background(), p)
		require.NoError(t, err)
		values := plan.Values(p)
		sum, pods := catalog.Price(0), catalog.Price(len(p.Pods))
		for _, v := range values.Pods {
			require.GreaterOrEqual(t, v, catalog.Price(0))
			sum += v
		}
		for i, v := range values.Workloads {
			require.GreaterOrEqual(t, v, catalog.Price(0))
			sum += v * catalog.Price(p.Workloads[i].Replicas)
			pods += catalog.Price(p.Workloads[i].Replicas)
		}
		require.Positive(t, plan.LowerBound)
		require.LessOrEqual(t, sum, plan.LowerBound)
		require.Greater(t, sum, plan.LowerBound-pods)

		other := problemtest.Problem(t, "seed4-inflate-5")
		for _, v := range plan.Values(other).Workloads {
			require.Zero(t, v)
		}
	}
}
