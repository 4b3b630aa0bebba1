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
	one := ksPools(poolOf("p", limited("nodes", "1")))
	anyOf := func(p string) podRule { return near("", keyZone, to(selectGroup(p))) }
	for name, tt := range map[string]struct {
		problem binpack.Problem
		best    string
	}{
		"the larger of two gangs": {asked(catalog.Catalog{server("m", 6, 1)}, pods{deployment(5, "small", cpu("1"), inGang("g")), deployment(6, "large", cpu("1"), inGang("h"))}, ganged, one),
			"p m: 6 large; left: 5 small"},
		"company that is less important, and has no room beside all": {asked(catalog.Catalog{server("m", 3, 1, "a")}, pods{
			deployment(1, "app", cpu("1"), priority(9), anyOf("g")), deployment(1, "web", cpu("1"), priority(9), labelled("group", "g"), near("db", keyZone)), deployment(1, "db", cpu("2"), labelled("group", "g")),
		}, one), "p m a: 1 db 1 web; left: 1 app"},
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
