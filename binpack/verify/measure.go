package verify

import (
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// measure fills in requests and capacities as whole numbers, in units that
// lose nothing where the sums allow it. Else what is used and what there is
// are rounded down alike, which keeps every filling possible and so every
// bound valid.
func measure(in *bound.Instance, kinds []valuedKind, sites []poolSite) {
	for _, name := range requested(kinds) {
		asked, counts := make([]*big.Int, len(kinds)), make([]int64, len(kinds))
		for k := range kinds {
			asked[k] = amountOr0(kinds[k].requests[name])
			counts[k] = kinds[k].count
			if kinds[k].withheld != nil {
				asked[k] = new(big.Int)
			}
		}
		unit := unitOf(asked, counts)
		for k := range kinds {
			in.Kinds[k].Requests = append(in.Kinds[k].Requests, units(asked[k], unit))
		}
		for i := range sites {
			have, stated := sites[i].allocatable[name]
			capacity := max(0, units(amountOr0(have), unit)) // existing nodes may be over-full
			if !stated && naive.AnyUnlessStated(name) {
				capacity = bound.Unlimited
			}
			in.Nodes[i].Capacity = append(in.Nodes[i].Capacity, capacity)
		}
	}
}

// requested returns the resources that kinds which may be placed ask for.
func requested(kinds []valuedKind) []corev1.ResourceName {
	names := map[corev1.ResourceName]bool{}
	for _, k := range kinds {
		for name, amount := range k.requests {
			if k.withheld == nil && amount.Sign() > 0 {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// limit fills in what launches draw on together: offerings with a limit, the
// limits of the pools, and quotas.
func (j *judge) limit(in *bound.Instance, sites []poolSite) {
	ofKey := map[catalog.Key]int{}
	for i, s := range sites {
		most := j.most[s.key]
		if s.exists || most == binpack.Unlimited {
			continue
		}
		c, ok := ofKey[s.key]
		if !ok {
			c = len(in.Caps)
			ofKey[s.key] = c
			in.Caps = append(in.Caps, most)
		}
		in.Nodes[i].Uses = append(in.Nodes[i].Uses, bound.Use{Cap: c, Amount: 1})
	}
	for p := range j.pools {
		ofPool := func(s poolSite) bool { return s.pool == p }
		limitAll(in, sites, j.pools[p].Limits, ofPool)
	}
	for q := range j.problem.Quotas {
		ofQuota := func(s poolSite) bool { return slices.Contains(s.quotas, q) }
		limitAll(in, sites, j.problem.Quotas[q].Left, ofQuota)
	}
}

// limitAll adds a cap for each resource of which the chosen sites have so much
// together.
func limitAll(in *bound.Instance, sites []poolSite, left corev1.ResourceList, chosen func(poolSite) bool) {
	amounts := naive.AmountsOf(left)
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		var used []*big.Int
		var ones []int64
		var of []int
		for i, s := range sites {
			if amount := s.capacity[name]; chosen(s) && amount != nil && amount.Sign() > 0 {
				used, ones, of = append(used, amount), append(ones, 1), append(of, i)
			}
		}
		unit := unitOf(used, ones)
		for n, i := range of {
			in.Nodes[i].Uses = append(in.Nodes[i].Uses, bound.Use{Cap: len(in.Caps), Amount: units(used[n], unit)})
		}
		in.Caps = append(in.Caps, units(amounts[name], unit))
	}
}

// most64 bounds what a resource sums up to.
const most64 = 1 << 61

// unitOf returns the greatest unit that divides all amounts, or a greater one
// where so many of each would sum up to too much.
func unitOf(amounts []*big.Int, counts []int64) *big.Int {
	unit, sum := new(big.Int), new(big.Int)
	for i, a := range amounts {
		unit.GCD(nil, nil, unit, a)
		sum.Add(sum, new(big.Int).Mul(a, big.NewInt(counts[i])))
	}
	if unit.Sign() == 0 {
		return big.NewInt(1)
	}
	if least := sum.Div(sum, big.NewInt(most64)); least.Cmp(unit) >= 0 {
		return least.Add(least, big.NewInt(1))
	}
	return unit
}

// units returns the amount in units, rounded down, at most most64.
func units(amount, unit *big.Int) int64 {
	n := new(big.Int).Quo(amount, unit)
	if n.Cmp(big.NewInt(most64)) > 0 {
		return most64
	}
	return n.Int64()
}

func amountOr0(a *big.Int) *big.Int {
	if a == nil {
		return new(big.Int)
	}
	return a
}
