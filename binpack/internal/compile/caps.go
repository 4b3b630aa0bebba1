package compile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/catalog"
)

// A Cap is a limit that launches share.
type Cap struct {
	Path     string              // of the limit in the Problem; "": an offering's launches, or existing nodes
	Pool     int                 // whose limit it is; -1: of none
	Reason   binpack.Reason      // why a pod waits for it
	Resource corev1.ResourceName // that the limit is about
	Scale    quantity.Scale
	Limit    *resource.Quantity // as the pool states it, where it says what was Used before; nil: it does not
	Used     resource.Quantity  // before
	limit    int64
}

const noPool = -1

// caps are all limits, and what launches take of them.
type caps struct {
	list []Cap
	uses [][]model.Use // per offer
}

// capsOf returns the limits of offerings, then those of pools and quotas.
func capsOf(ctx context.Context, p *binpack.Problem, s *supply.Supply, offers []supply.Offer) caps {
	c := caps{uses: make([][]model.Use, len(offers))}
	c.capOfferings(offers)
	ofPool := make([][]int, len(s.Pools)) // offers
	var launched []int
	for i := range offers {
		if pool := offers[i].Pool; offers[i].Existing == nil {
			ofPool[pool] = append(ofPool[pool], i)
			launched = append(launched, i)
		}
	}
	for _, i := range byName(s.Pools, func(p binpack.Pool) string { return p.Name }) {
		of := Cap{Path: fmt.Sprintf("Pools[%d].limits", i), Pool: i, Reason: binpack.PoolLimit}
		first := len(c.list)
		c.capResources(offers, s.Pools[i].Left(), of, ofPool[i])
		if len(s.Pools[i].Used) > 0 {
			for k := range c.list[first:] {
				of := &c.list[first+k]
				limit := s.Pools[i].Limits[of.Resource]
				of.Limit, of.Used = &limit, s.Pools[i].Used[of.Resource]
			}
		}
	}
	for _, i := range byName(p.Quotas, func(q binpack.Quota) string { return q.Name }) {
		of := Cap{Path: fmt.Sprintf("Quotas[%d].left", i), Pool: noPool, Reason: binpack.QuotaReached}
		if ctx.Err() != nil {
			return c
		}
		selects := supply.QuotaSelects(p.Quotas[i].Requirements)
		selected := slices.DeleteFunc(slices.Clone(launched), func(o int) bool { return !selects(&offers[o]) })
		c.capResources(offers, p.Quotas[i].Left, of, selected)
	}
	return c
}

// byName returns the numbers of the list in the order of names, so that the
// order of the list does not matter.
func byName[T any](list []T, name func(T) string) []int {
	order, names := make([]int, len(list)), make([]string, len(list))
	for i := range order {
		order[i], names[i] = i, name(list[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	return order
}

// counting returns a cap on a number of launches.
func counting(limit int64) Cap {
	return Cap{Pool: noPool, Reason: binpack.NoAvailableOffering, limit: limit}
}

// capOfferings caps the launches of each offering, over all pools.
func (c *caps) capOfferings(offers []supply.Offer) {
	known := map[catalog.Key]int{}
	for i := range offers {
		o := &offers[i]
		if o.Existing != nil || o.Limit == binpack.Unlimited || o.Limit == 0 {
			continue
		}
		if _, ok := known[o.Key]; !ok {
			known[o.Key] = len(c.list)
			c.list = append(c.list, counting(min(int64(o.Limit), quantity.MaxSum)))
		}
		c.uses[i] = append(c.uses[i], model.Use{Cap: known[o.Key], Amount: 1})
	}
}

// capResources caps what the launches of the selected offers count together.
func (c *caps) capResources(offers []supply.Offer, limits corev1.ResourceList, of Cap, selected []int) {
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		amounts := map[*catalog.InstanceType]*big.Int{}
		for _, i := range selected {
			if t := offers[i].Type; amounts[t] == nil {
				amounts[t] = quantity.PerLaunch(t.Capacity, name)
			}
		}
		limit := quantity.Nano(limits[name])
		scale := quantity.ScaleOf(append(slices.Collect(maps.Values(amounts)), limit))
		k := len(c.list)
		c.list = append(c.list, Cap{
			Path: fmt.Sprintf("%s[%s]", of.Path, name), Pool: of.Pool, Reason: of.Reason,
			Resource: name, Scale: scale, limit: scale.Down(limit),
		})
		for _, i := range selected {
			if n := scale.Down(amounts[offers[i].Type]); n > 0 {
				c.uses[i] = append(c.uses[i], model.Use{Cap: k, Amount: n})
			}
		}
	}
}
