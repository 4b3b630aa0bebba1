package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

func TestRisk(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-spotmix-1000")
	bare, err := solver.Solver{Work: 2_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	for name, risk := range map[string]solver.Risk{
		"offerings":    {OfferingShare: 0.2},
		"zones":        {ZoneShare: 0.5},
		"alternatives": {Alternatives: 2, PriceFactor: 1.1},
		"shares":       {OfferingShare: 0.2, ZoneShare: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, risk.Check(context.Background(), p, bare), "it says something")
			plan, err := solver.Solver{Work: 2_000_000, Risk: risk, Alternatives: 1}.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, risk.Check(context.Background(), p, plan))
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			require.Empty(t, plan.Unschedulable)
			require.Less(t, float64(plan.Cost), 1.3*float64(bare.Cost))
			require.Len(t, plan.Launches[0].Alternatives, 1)
			t.Log(bare.Cost, plan.Cost)
		})
	}
}

// TestRiskMayCost: the plan without is kept where all this would cost too much.
func TestRiskMayCost(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-spotmix-1000")
	bare, err := solver.Solver{Work: 2_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	risk := solver.Risk{Alternatives: 2, PriceFactor: 1.1, ExtraCost: 0.01}
	plan, err := solver.Solver{Work: 2_000_000, Risk: risk}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, bare.Cost, plan.Cost)
	require.Error(t, risk.Check(context.Background(), p, plan))
}

// TestRiskLeavesNoPods: what a Risk asks for never leaves a pod, keeps all rules and
// what is proven.
func TestRiskLeavesNoPods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Toy().With(gen.All()))
		bare, err := solver.Solver{Work: 100_000}.Solve(context.Background(), p)
		require.NoError(t, err)
		risk := solver.Risk{
			OfferingShare: rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "offering"),
			ZoneShare:     rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "zone"),
			Alternatives:  rapid.IntRange(0, 2).Draw(t, "alternatives"),
		}
		for plan, err := range (solver.Solver{Work: 100_000, Risk: risk}).Plans(context.Background(), p) {
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			require.LessOrEqual(t, howMany(plan.Unschedulable), howMany(bare.Unschedulable))
		}
	})
}

func howMany(left []binpack.Unschedulable) int {
	n := 0
	for _, u := range left {
		n += u.Count
	}
	return n
}

func TestRiskOfAnInvalidProblem(t *testing.T) {
	p := problemtest.Small()
	p.Pools = append(p.Pools, p.Pools[0])
	require.Error(t, solver.Risk{}.Check(context.Background(), p, binpack.Plan{}))
	_, err := solver.Solver{Risk: solver.Risk{ZoneShare: 1}}.Solve(context.Background(), p)
	require.Error(t, err)
}
