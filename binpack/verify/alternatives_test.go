package verify_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// swapped returns the plan with an alternative of launch i.
func swapped(plan binpack.Plan, i int, a binpack.Alternative) binpack.Plan {
	plan.Launches = slices.Clone(plan.Launches)
	plan.Launches[i] = plan.Launches[i].On(a)
	plan.Cost += a.Extra
	return plan
}

// TestAlternativesAgainstEverySwap: each alternative, swapped in, is a plan that
// Verify accepts, and of all swaps that it accepts none that is cheaper is missing.
func TestAlternativesAgainstEverySwap(t *testing.T) {
	for name, rules := range map[string]gen.Rules{
		"basic":         {},
		"existing":      {Existing: true},
		"spread":        {Spread: true},
		"affinity":      {Affinity: true},
		"anti-affinity": {AntiAffinity: true},
		"weights":       {Weights: true},
		"min values":    {MinValues: true},
		"open keys":     {OpenKeys: true},
		"gangs":         {Gangs: true},
		"nodes":         {Nodes: true},
		"volumes":       {Volumes: true},
		"all":           gen.All(),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := problemtest.Drawn(t, gen.Toy().With(rules))
				most := rapid.IntRange(1, 12).Draw(t, "most")
				plan, err := solver.Solver{Work: 100_000, Alternatives: most}.Solve(context.Background(), p)
				require.NoError(t, err)
				plan.Launches = fold.Unfold(plan.Launches) // an alternative is of one node
				for i, l := range plan.Launches {
					require.LessOrEqual(t, len(l.Alternatives), most)
					for _, a := range l.Alternatives {
						require.NotEqual(t, l.Offering, a.Offering)
						require.Equal(t, a.Price-l.Price, a.Extra)
						require.NoError(t, verify.Plan(context.Background(), p, swapped(plan, i, a)))
					}
					require.Equal(t, pricesOfSwaps(p, plan, i, most), pricesOf(l.Alternatives))
				}
			})
		})
	}
}

func pricesOf(alternatives []binpack.Alternative) []catalog.Price {
	prices := []catalog.Price{}
	for _, a := range alternatives {
		prices = append(prices, a.Price)
	}
	return prices
}

// pricesOfSwaps returns the least prices of the offerings to which Verify lets
// launch i be swapped.
func pricesOfSwaps(p binpack.Problem, plan binpack.Plan, i, most int) []catalog.Price {
	prices := []catalog.Price{}
	seen := map[catalog.Key]bool{plan.Launches[i].Offering: true}
	pools := p.Pools
	if pools == nil {
		pools = []binpack.Pool{{}}
	}
	for _, pool := range pools {
		offered := pool.Catalog
		if offered == nil {
			offered = p.Catalog
		}
		for key, o := range offered.Offerings() {
			for _, labels := range labelChoices(pool) {
				a := binpack.Alternative{Pool: pool.Name, Offering: key, Labels: labels, Price: o.Price, Extra: o.Price - plan.Launches[i].Price}
				if !seen[key] && verify.Plan(context.Background(), p, swapped(plan, i, a)) == nil {
					seen[key] = true
					prices = append(prices, o.Price)
				}
			}
		}
	}
	slices.Sort(prices)
	return prices[:min(most, len(prices))]
}

// labelChoices returns every way to choose values, or none, for the keys that the
// pool requires to be in some values.
func labelChoices(pool binpack.Pool) []map[string]string {
	choices := []map[string]string{{}}
	for _, r := range pool.Requirements {
		if _, own := pool.Keys[r.Key]; !own {
			continue
		}
		if r.Operator == corev1.NodeSelectorOpExists {
			r.Values = []string{"a", "b", "x", "y", "sweet", "sour", "1", "2", "3", "another"} // all that gen knows of, and one more
		}
		for _, c := range slices.Clone(choices) {
			for _, value := range r.Values {
				with := maps.Clone(c)
				with[r.Key] = value
				choices = append(choices, with)
			}
		}
	}
	return choices
}

func TestAlternativesOfAPlan(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-mix-100")
	plan, err := solver.Solver{Alternatives: 3}.Solve(context.Background(), p)
	require.NoError(t, err)
	for i, l := range plan.Launches {
		require.Len(t, l.Alternatives, 3)
		require.True(t, slices.IsSortedFunc(l.Alternatives, func(a, b binpack.Alternative) int { return int(a.Price - b.Price) }))
		require.NoError(t, verify.Plan(context.Background(), p, swapped(plan, i, l.Alternatives[2])))
	}
	again, err := verify.Alternatives(context.Background(), p, plan, 3)
	require.NoError(t, err)
	require.Equal(t, plan.Launches[0].Alternatives, again[0])

	bare, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Nil(t, bare.Launches[0].Alternatives)
	plan.Launches[0].Price++
	none, err := verify.Alternatives(context.Background(), p, plan, 3)
	require.NoError(t, err)
	require.Equal(t, make([][]binpack.Alternative, len(plan.Launches)), none, "of a plan that breaks a rule")
}
