package verify

import (
	"context"
	"maps"
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
	"github.com/stowage/stowage/catalog"
)

// A Flexibility is a product of instance types, zones and capacity types, each sorted.
// Every member is an offering of the launch's pool that holds the pods of one of its
// nodes: what a NodeClaim, a fleet or a group of mixed instances takes.
type Flexibility struct {
	Types         []string
	Zones         []string
	CapacityTypes []catalog.CapacityType
	Dearest       catalog.Price // of its members, per hour
}

// Members returns how many offerings the product has.
func (f Flexibility) Members() int { return len(f.Types) * len(f.Zones) * len(f.CapacityTypes) }

// FlexibilityOf returns, for each launch of a plan that keeps all rules, the largest such
// product that has the launch's own offering; of several that are as large, one with most
// types. Each member keeps all rules of p with the rest of the plan as it is, has the
// launch's labels, and no reservation. Of a launch that draws on a reservation, and one
// that breaks a rule, the product is empty. Beyond 12 zones, and beyond 4 capacity types,
// those with the most offerings that do are looked at. Errors are as of Alternatives.
func FlexibilityOf(ctx context.Context, p binpack.Problem, plan binpack.Plan) ([]Flexibility, error) {
	return eachLaunch(ctx, p, plan, func(l *layout, g *nodeGroup, candidates []*reading.NodeTemplate) (Flexibility, error) {
		if g.template.Key.ReservationID != "" {
			return Flexibility{}, nil
		}
		members := map[catalog.Key]catalog.Price{g.template.Key: g.template.Price}
		same := Conditions{SamePool: true, SameLabels: true}
		seen := map[catalog.Key]bool{g.template.Key: true}
		for _, t := range candidates {
			if ctx.Err() != nil {
				return Flexibility{}, ctx.Err()
			}
			if t.Key.ReservationID != "" || seen[t.Key] || !same.alike(g.template, t) {
				continue
			}
			seen[t.Key] = true
			if t = same.labelled(l, g.template, t); t != nil && l.couldBe(ctx, g, t) {
				members[t.Key] = t.Price
			}
		}
		return largest(g.template.Key, members), nil
	})
}

const (
	maxZones         = 12
	maxCapacityTypes = 4
)

// largest returns the largest product of members that has the offering own, by trying
// all sets of zones and capacity types.
func largest(own catalog.Key, members map[catalog.Key]catalog.Price) Flexibility {
	zones := common(members, maxZones, own.Zone, func(k catalog.Key) string { return k.Zone })
	markets := common(members, maxCapacityTypes, own.CapacityType, func(k catalog.Key) catalog.CapacityType { return k.CapacityType })
	has := map[string]uint64{} // by type: bit z·markets + m
	for k := range members {
		z, m := slices.Index(zones, k.Zone), slices.Index(markets, k.CapacityType)
		if z >= 0 && m >= 0 {
			has[k.InstanceType] |= 1 << (z*len(markets) + m)
		}
	}
	shapes := map[uint64]int{} // types that have just these
	for _, set := range has {
		shapes[set]++
	}
	var best uint64
	bestSize, bestTypes := 0, 0
	for zs := uint64(1); zs < 1<<len(zones); zs += 2 { // own.Zone is the first
		for ms := uint64(1); ms < 1<<len(markets); ms += 2 {
			asked := product(zs, ms, len(zones), len(markets))
			if asked&^has[own.InstanceType] != 0 {
				continue
			}
			types := 0
			for set, n := range shapes {
				if asked&^set == 0 {
					types += n
				}
			}
			if size := types * bits.OnesCount64(asked); size > bestSize || size == bestSize && types > bestTypes {
				best, bestSize, bestTypes = asked, size, types
			}
		}
	}
	return flexibilityOf(best, zones, markets, has, members)
}

// product returns the bits of all pairs of some zones and some capacity types.
func product(zs, ms uint64, zones, markets int) uint64 {
	var out uint64
	for z := range zones {
		if zs>>z&1 == 1 {
			out |= ms << (z * markets)
		}
	}
	return out
}

// common returns the values that most members have, own first.
func common[T ~string](members map[catalog.Key]catalog.Price, most int, own T, of func(catalog.Key) T) []T {
	counts := map[T]int{}
	for k := range members {
		counts[of(k)]++
	}
	delete(counts, own)
	rest := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(rest, func(a, b T) int { return counts[b] - counts[a] })
	return append([]T{own}, rest[:min(len(rest), most-1)]...)
}

// flexibilityOf returns the types that have all pairs, with them.
func flexibilityOf(pairs uint64, zones []string, markets []catalog.CapacityType, has map[string]uint64, members map[catalog.Key]catalog.Price) Flexibility {
	var f Flexibility
	for z, zone := range zones {
		for m, market := range markets {
			if pairs>>(z*len(markets)+m)&1 == 0 {
				continue
			}
			if !slices.Contains(f.Zones, zone) {
				f.Zones = append(f.Zones, zone)
			}
			if !slices.Contains(f.CapacityTypes, market) {
				f.CapacityTypes = append(f.CapacityTypes, market)
			}
		}
	}
	slices.Sort(f.Zones)
	slices.Sort(f.CapacityTypes)
	for _, name := range slices.Sorted(maps.Keys(has)) {
		if pairs&^has[name] != 0 {
			continue
		}
		f.Types = append(f.Types, name)
		for _, zone := range f.Zones {
			for _, market := range f.CapacityTypes {
				f.Dearest = max(f.Dearest, members[catalog.Key{InstanceType: name, Zone: zone, CapacityType: market}])
			}
		}
	}
	return f
}
