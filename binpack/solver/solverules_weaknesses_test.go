package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestWeaknesses are problems whose best plan the solver does not find: what it finds is
// sound all the same, and is not said to be optimal. Who cures one moves it to the
// others.
func TestWeaknesses(t *testing.T) {
	for name, tt := range map[string]struct {
		problem binpack.Problem
		best    string
	}{
		"who is selected where he need not be": {asked(catalog.Catalog{server("m", 2, 1, "a", "b")}, pods{deployment(1, "web", cpu("1"), near("web", keyZone), selecting(keyZone, "a")), deployment(1, "web", cpu("1"), selecting(keyZone, "b"))}),
			"m a: 1 web; m b: 1 web"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := quick.Solve(context.Background(), tt.problem)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), tt.problem, plan))
			require.NoError(t, verify.Bound(context.Background(), tt.problem, plan))
			require.NotEqual(t, tt.best, told(plan), "this is cured")
			require.NotEqual(t, binpack.Optimal, plan.Status)
			t.Log(told(plan))
		})
	}
}
