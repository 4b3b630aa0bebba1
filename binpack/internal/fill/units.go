package fill

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A Unit is the greatest amount of a resource that divides all requests for it.
type Unit struct {
	resource int
	size     int64
}

// Units returns the units of the resources that are requested, in an order that depends on what is requested
// alone. requests are those of each item, per resource.
func Units(requests [][]int64) []Unit {
	if len(requests) == 0 {
		return nil
	}
	var units []Unit
	content := make([][]int64, len(requests[0]))
	for r := range content {
		size := int64(0)
		for _, q := range requests {
			size = arith.GCD(size, q[r])
		}
		if size == 0 {
			continue
		}
		units = append(units, Unit{r, size})
		for _, q := range requests {
			content[r] = append(content[r], q[r]/size)
		}
		slices.Sort(content[r])
	}
	slices.SortStableFunc(units, func(a, b Unit) int {
		return slices.Compare(content[a.resource], content[b.resource])
	})
	return units
}

// Scale returns amounts, which are given per resource, in these units and rounded down. MaxInt64 stays what it is: it
// does not bind.
func Scale(amounts []int64, units []Unit) []int64 {
	out := make([]int64, len(units))
	for i, u := range units {
		out[i] = amounts[u.resource] / u.size
		if amounts[u.resource] == math.MaxInt64 {
			out[i] = math.MaxInt64
		}
	}
	return out
}
