package launch

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// startOf returns failed launches as they may be possible, for a search to start
// from: on the first of their alternatives that is available, or else on the same
// type where that is cheapest.
func startOf(p binpack.Problem, failed []binpack.Launch) []binpack.Launch {
	prices := pricesOf(p)
	available := p.Availability
	if available == nil {
		available = All()
	}
	type offer struct {
		pool string
		key  catalog.Key
	}
	same := map[offer]catalog.Key{}
	var out []binpack.Launch
	for _, l := range failed {
		i := slices.IndexFunc(l.Alternatives, func(a binpack.Alternative) bool { return available.Available(a.Offering) > 0 })
		if i >= 0 {
			out = append(out, l.On(l.Alternatives[i]))
			continue
		}
		of := offer{l.Pool, l.Offering}
		if _, known := same[of]; !known {
			same[of] = elsewhere(l.Offering, prices[l.Pool], available)
		}
		l.Offering = same[of]
		l.Price = prices[l.Pool][l.Offering]
		out = append(out, l)
	}
	return out
}

// elsewhere returns the cheapest offering of the same type that is available, or k.
func elsewhere(k catalog.Key, prices map[catalog.Key]catalog.Price, available binpack.Availability) catalog.Key {
	best, found := k, false
	for o, price := range prices {
		if o.InstanceType != k.InstanceType || available.Available(o) == 0 {
			continue
		}
		if !found || cmp.Or(
			cmp.Compare(price, prices[best]),
			cmp.Compare(o.Zone, best.Zone),
			cmp.Compare(o.CapacityType, best.CapacityType),
			cmp.Compare(o.ReservationID, best.ReservationID),
		) < 0 {
			best, found = o, true
		}
	}
	return best
}
