package launch_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

func TestExposures(t *testing.T) {
	p := shop(10)
	p.Catalog = p.Catalog[:2]
	p.Catalog[1].Offerings = p.Catalog[1].Offerings[:1] // on-demand in a
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	exposures, err := launch.Exposures(context.Background(), solver.Solver{}, p, plan)
	require.NoError(t, err)
	got := map[catalog.Key]string{}
	for _, e := range exposures {
		require.Equal(t, 3, e.Nodes)
		require.Zero(t, e.Left)
		require.Equal(t, plan.Cost+e.Extra, e.Plan.Cost)
		got[e.Without] = e.Extra.String()
	}
	require.Equal(t, map[catalog.Key]string{
		spot("c5.xlarge", "a"):      "0",
		{InstanceType: "c5.xlarge"}: "0.18",
		{Zone: "a"}:                 "0",
		{CapacityType: "spot"}:      "0.15",
	}, got)
	require.Equal(t, catalog.Key{InstanceType: "c5.xlarge"}, exposures[0].Without, "the worst first")

	p.Catalog = p.Catalog[:1]
	exposures, err = launch.Exposures(context.Background(), solver.Solver{}, p, plan)
	require.NoError(t, err)
	require.Equal(t, catalog.Key{InstanceType: "c5.xlarge"}, exposures[0].Without)
	require.Equal(t, 10, exposures[0].Left)
}
