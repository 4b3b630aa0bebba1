package verify_test

import (
	"context"
	"maps"
	"math/bits"
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

// membersBySwap returns the offerings of the launch's pool that do for one node of it, by
// putting each in the plan and asking Plan.
func membersBySwap(p binpack.Problem, plan binpack.Plan, i int) map[catalog.Key]bool {
	l := plan.Launches[i]
	members := map[catalog.Key]bool{l.Offering: true}
	for _, pool := range p.EffectivePools() {
		if pool.Name != l.Pool {
			continue
		}
		for k, o := range p.CatalogOf(&pool).Offerings() {
			a := binpack.Alternative{Pool: l.Pool, Offering: k, Labels: l.Labels, Price: o.Price, Extra: o.Price - l.Price}
			if k.ReservationID == "" && verify.Plan(context.Background(), p, swapped(plan, i, a)) == nil {
				members[k] = true
			}
		}
	}
	return members
}

// subsets returns all sets of values.
func subsets[T comparable](of map[T]bool) [][]T {
	all := slices.Collect(maps.Keys(of))
	var out [][]T
	for set := uint(1); set < 1<<len(all); set++ {
		var s []T
		for i, v := range all {
			if set>>i&1 == 1 {
				s = append(s, v)
			}
		}
		if len(s) != bits.OnesCount(set) {
			panic("subsets")
		}
		out = append(out, s)
	}
	return out
}

// largestProduct returns the size of the largest product of members with own in it, of
// all that there are.
func largestProduct(own catalog.Key, members map[catalog.Key]bool) int {
	types, zones, markets := map[string]bool{}, map[string]bool{}, map[catalog.CapacityType]bool{}
	for k := range members {
		types[k.InstanceType], zones[k.Zone], markets[k.CapacityType] = true, true, true
	}
	best := 0
	for _, ts := range subsets(types) {
		for _, zs := range subsets(zones) {
			for _, ms := range subsets(markets) {
				size := len(ts) * len(zs) * len(ms)
				if size <= best || !slices.Contains(ts, own.InstanceType) || !slices.Contains(zs, own.Zone) || !slices.Contains(ms, own.CapacityType) {
					continue
				}
				if len(outside(ts, zs, ms, members)) == 0 {
					best = size
				}
			}
		}
	}
	return best
}

// outside returns what of a product is no member.
func outside(ts, zs []string, ms []catalog.CapacityType, members map[catalog.Key]bool) []catalog.Key {
	var out []catalog.Key
	for _, t := range ts {
		for _, z := range zs {
			for _, m := range ms {
				if k := (catalog.Key{InstanceType: t, Zone: z, CapacityType: m}); !members[k] {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// TestFlexibilityAgainstEveryProduct: all members of a launch's product could be launched
// in its place, and no product is larger.
func TestFlexibilityAgainstEveryProduct(t *testing.T) {
	for name, rules := range map[string]gen.Rules{"basic": {}, "spread": {Spread: true}, "open keys": {OpenKeys: true}, "all": gen.All()} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := problemtest.Drawn(t, gen.Toy().With(rules))
				plan, err := solver.Solver{Work: 100_000}.Solve(context.Background(), p)
				require.NoError(t, err)
				plan.Launches = fold.Unfold(plan.Launches)
				flexible, err := verify.FlexibilityOf(context.Background(), p, plan)
				require.NoError(t, err)
				require.Len(t, flexible, len(plan.Launches))
				for i, f := range flexible {
					own := plan.Launches[i].Offering
					if own.ReservationID != "" {
						require.Zero(t, f.Members())
						continue
					}
					members := membersBySwap(p, plan, i)
					require.Empty(t, outside(f.Types, f.Zones, f.CapacityTypes, members))
					require.Equal(t, largestProduct(own, members), f.Members())
				}
			})
		})
	}
}

// TestConditions: all alternatives meet the conditions, and are those of more
// alternatives that do, in their order.
func TestConditions(t *testing.T) {
	p := gen.MixRules(3, 40, 8)
	plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
	require.NoError(t, err)
	all, err := verify.Alternatives(context.Background(), p, plan, 1000)
	require.NoError(t, err)
	least := map[string]int{corev1.LabelInstanceTypeStable: 4}
	c := verify.Conditions{Most: 1, SamePool: true, SameCapacityType: true, SameZone: true, SameLabels: true, Least: least}
	some, err := c.Alternatives(context.Background(), p, plan)
	require.NoError(t, err)
	met := 0
	for i, l := range plan.Launches {
		could := slices.DeleteFunc(slices.Clone(all[i]), func(a binpack.Alternative) bool {
			return a.Pool != l.Pool || a.Offering.CapacityType != l.Offering.CapacityType || a.Offering.Zone != l.Offering.Zone || !maps.Equal(a.Labels, l.Labels)
		})
		want := min(len(could), 3) // a type each: three more are four values
		require.GreaterOrEqual(t, len(some[i]), want)
		if len(some[i]) == 3 {
			met++
		}
		for _, a := range some[i] {
			require.Equal(t, []string{l.Pool, l.Offering.Zone, string(l.Offering.CapacityType)}, []string{a.Pool, a.Offering.Zone, string(a.Offering.CapacityType)})
			require.True(t, maps.Equal(l.Labels, a.Labels))
			alone := fold.Unfold(plan.Launches[i : i+1])[0]
			require.NotEqual(t, alone.Offering, a.Offering)
		}
	}
	require.Positive(t, met)
	none, err := verify.Conditions{}.Alternatives(context.Background(), p, plan)
	require.NoError(t, err)
	for _, a := range none {
		require.Empty(t, a)
	}
}
