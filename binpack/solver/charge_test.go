package solver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// priced returns the problem with all prices changed.
func priced(p binpack.Problem, change func(catalog.Price) catalog.Price) binpack.Problem {
	each := func(c catalog.Catalog) catalog.Catalog {
		if c == nil {
			return nil
		}
		out := catalog.Catalog{}
		for _, t := range c {
			copied := *t
			copied.Offerings = append([]catalog.Offering(nil), t.Offerings...)
			for i := range copied.Offerings {
				copied.Offerings[i].Price = change(copied.Offerings[i].Price)
			}
			out = append(out, &copied)
		}
		return out
	}
	p.Catalog = each(p.Catalog)
	p.Pools = append([]binpack.Pool(nil), p.Pools...)
	for i := range p.Pools {
		p.Pools[i].Catalog = each(p.Pools[i].Catalog)
	}
	if len(p.Pools) == 0 {
		p.Pools = nil
	}
	return p
}

// TestNodeChargeIsAPriceOfEachNode: what a charge adds to each node is minimised and
// proven like prices that are higher by as much.
func TestNodeChargeIsAPriceOfEachNode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Small().With(rapid.SampledFrom([]gen.Rules{{}, gen.All()}).Draw(t, "rules")))
		charge := catalog.Price(rapid.Int64Range(0, 5).Draw(t, "charge"))
		plan, err := solver.Solver{Work: 1_000_000, NodeCharge: charge}.Solve(context.Background(), p)
		require.NoError(t, err)
		other, err := solver.Solver{Work: 1_000_000}.Solve(context.Background(), priced(p, func(of catalog.Price) catalog.Price { return of + charge }))
		require.NoError(t, err)
		require.Equal(t, charge*catalog.Price(nodes(plan)), plan.Charge)
		require.Equal(t, other.Cost, plan.Cost+plan.Charge)
		require.Equal(t, other.LowerBound, plan.LowerBound)
		require.Equal(t, other.Status, plan.Status)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		require.NoError(t, verify.Bound(context.Background(), p, plan))
		plan.Charge++
		if nodes(plan) != 1 {
			require.Error(t, verify.Plan(context.Background(), p, plan))
		}
	})
}

// What each node costs beside its price is apart from the prices, and part of what is
// minimised.
func ExampleSolver_nodeCharge() {
	p := problemtest.Workshop(50)
	for _, charge := range []catalog.Price{0, catalog.USD / 50} {
		plan, err := solver.Solver{NodeCharge: charge}.Solve(context.Background(), p)
		if err != nil {
			fmt.Println(err)
			return
		}
		n := 0
		for _, l := range plan.Launches {
			n += l.Nodes()
		}
		fmt.Println(n, "nodes:", plan.Cost, "and", plan.Charge, plan.Status)
	}
	// Output:
	// 4 nodes: 0.504 and 0 optimal
	// 4 nodes: 0.504 and 0.08 optimal
}
