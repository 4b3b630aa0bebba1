package binpack_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
)

func TestRisk(t *testing.T) {
	p := problem(t, "c5m5r5-spotmix-1000")
	bare, err := binpack.Solver{Work: 2_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	for name, risk := range map[string]binpack.Risk{
		"offerings":    {OfferingShare: 0.2},
		"zones":        {ZoneShare: 0.5},
		"alternatives": {Alternatives: 2, PriceFactor: 1.1},
		"shares":       {OfferingShare: 0.2, ZoneShare: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, risk.Check(context.Background(), p, bare), "it says something")
			plan, err := binpack.Solver{Work: 2_000_000, Risk: risk, Alternatives: 1}.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, risk.Check(context.Background(), p, plan))
			require.NoError(t, binpack.Verify(context.Background(), p, plan))
			require.NoError(t, binpack.VerifyBound(context.Background(), p, plan))
			require.Empty(t, plan.Unschedulable)
			require.Less(t, float64(plan.Cost), 1.3*float64(bare.Cost))
			require.Len(t, plan.Launches[0].Alternatives, 1)
			t.Log(bare.Cost, plan.Cost)
		})
	}
}

// TestRiskMayCost: the plan without is kept where all this would cost too much.
func TestRiskMayCost(t *testing.T) {
	p := problem(t, "c5m5r5-spotmix-1000")
	bare, err := binpack.Solver{Work: 2_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	risk := binpack.Risk{Alternatives: 2, PriceFactor: 1.1, ExtraCost: 0.01}
	plan, err := binpack.Solver{Work: 2_000_000, Risk: risk}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, bare.Cost, plan.Cost)
	require.Error(t, risk.Check(context.Background(), p, plan))
}

// TestRiskLeavesNoPods: what a Risk asks for never leaves a pod, keeps all rules and
// what is proven.
func TestRiskLeavesNoPods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t, gen.Toy().With(gen.All()))
		bare, err := binpack.Solver{Work: 100_000}.Solve(context.Background(), p)
		require.NoError(t, err)
		risk := binpack.Risk{
			OfferingShare: rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "offering"),
			ZoneShare:     rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "zone"),
			Alternatives:  rapid.IntRange(0, 2).Draw(t, "alternatives"),
		}
		for plan, err := range (binpack.Solver{Work: 100_000, Risk: risk}).Plans(context.Background(), p) {
			require.NoError(t, err)
			require.NoError(t, binpack.Verify(context.Background(), p, plan))
			require.NoError(t, binpack.VerifyBound(context.Background(), p, plan))
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
	p := small()
	p.Pools = append(p.Pools, p.Pools[0])
	require.Error(t, binpack.Risk{}.Check(context.Background(), p, binpack.Plan{}))
	_, err := binpack.Solver{Risk: binpack.Risk{ZoneShare: 1}}.Solve(context.Background(), p)
	require.Error(t, err)
}
