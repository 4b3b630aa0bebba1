package relax_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/relax"
)

func total(m *model.Model, values []float64) (sum float64) {
	for c, v := range values {
		sum += v * float64(m.Classes[c].Count)
	}
	return sum
}

// TestValuesAreDual: no filling of a node is worth more than its price, but for
// the floor under values, so that the values of all pods bound every plan.
func TestValuesAreDual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		m.Caps = nil // a bin that a cap limits may be worth more than its price
		for b := range m.Bins {
			m.Bins[b].Uses = nil
		}
		for c := range m.Classes {
			reachable := false
			for b := range m.Bins {
				reachable = reachable || m.MostOf(c, b) > 0
			}
			if !reachable {
				return // not a model that is solved
			}
		}
		values := relax.Solve(context.Background(), m, m.Prune()).Values
		dearest := 0.0
		for b := range m.Bins {
			dearest = max(dearest, float64(m.Bins[b].Price))
		}
		for b := range m.Bins {
			modeltest.Fillings(m, b, func(counts []model.Count) {
				worth := 0.0
				for _, n := range counts {
					worth += values[n.Class] * float64(n.N)
				}
				require.LessOrEqual(t, worth, float64(m.Bins[b].Price)+0.1*dearest)
			})
		}
	})
}

// TestValuesOfACheapestMix: 10 cpu and 100 memory are cheapest on one node that
// is rich in memory and the rest of cpu on others; the duals say so.
func TestValuesOfACheapestMix(t *testing.T) {
	bin := func(price, cpu, memory int64) model.Bin {
		return model.Bin{Price: price, Capacity: []int64{cpu, memory}, Admits: model.ClassesWhere(true, true)}
	}
	m := &model.Model{Resources: 2,
		Classes: []model.Class{{Count: 400, Requests: []int64{1, 1}}, {Count: 100, Requests: []int64{1, 8}}},
		Bins:    []model.Bin{bin(80, 4, 8), bin(120, 4, 32)}}
	values := relax.Solve(context.Background(), m, []int{0, 1}).Values
	// 500 cpu and 1,200 memory: 125 nodes with 1,000 memory at 80 each; 25/3 of
	// them become larger for 40 more each. A unit of memory is worth
	// 40/24, one of cpu (80-8·40/24)/4.
	require.InDelta(t, 125*80+200*40.0/24, total(m, values), 1)
	require.InDelta(t, (80-8*40.0/24)/4+40.0/24, values[0], 0.01)
}

// TestValuesOfGroups: pods that only dear nodes admit are worth more.
func TestValuesOfGroups(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 10, Requests: []int64{1}}, {Count: 10, Requests: []int64{1}}},
		Bins: []model.Bin{
			{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)},
			{Price: 4, Capacity: []int64{10}, Admits: model.ClassesWhere(false, true)}}}
	values := relax.Solve(context.Background(), m, []int{0, 1}).Values
	require.InDelta(t, 1, values[0], 0.01)
	require.InDelta(t, 0.4, values[1], 0.01)
}

// TestValuesUnderCaps: what a cap keeps few of does not make pods cheap.
func TestValuesUnderCaps(t *testing.T) {
	bin := func(price int64, uses ...model.Use) model.Bin {
		return model.Bin{Price: price, Capacity: []int64{10}, Admits: model.ClassesWhere(true), Uses: uses}
	}
	m := &model.Model{Resources: 1, Caps: []int64{3}, Classes: []model.Class{{Count: 100, Requests: []int64{1}}},
		Bins: []model.Bin{bin(0, model.Use{Cap: 0, Amount: 1}), bin(50)}}
	require.InDelta(t, 5, relax.Solve(context.Background(), m, []int{0, 1}).Values[0], 0.01)
	m.Bins[1].Uses = []model.Use{{Cap: 0, Amount: 0}}
	m.Caps[0] = 20
	require.InDelta(t, 0, relax.Solve(context.Background(), m, []int{0, 1}).Values[0], 0.1, "ten of the free ones are enough")
}

// TestLaunchesCostTheDuals: what the launches cost is what all pods are worth.
func TestLaunchesCostTheDuals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		m.Caps = nil
		for b := range m.Bins {
			m.Bins[b].Uses = nil
		}
		for c := range m.Classes {
			if !slices.ContainsFunc(m.Prune(), func(b int) bool { return m.MostOf(c, b) > 0 }) {
				return // not a model that is solved
			}
		}
		x := relax.Solve(context.Background(), m, m.Prune())
		cost := 0.0
		for b, n := range x.Launches {
			require.GreaterOrEqual(t, n, 0.0)
			cost += n * float64(m.Bins[b].Price)
		}
		require.InDelta(t, total(m, x.Duals), cost, 1e-5*(1+cost))
	})
}
