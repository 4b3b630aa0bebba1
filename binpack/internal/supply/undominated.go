package supply

import (
	"cmp"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A pool with open keys has each offering once for each choice of values. What another
// offering replaces, whatever is chosen, need not be there so often.

// replaced returns the offerings of a pool that another one replaces: one that rules see
// the same of, that is not dearer, holds as much of every resource, and has no limit.
// base names what rules see of an offering. Pools that count what they launch, or that
// want values to choose from, keep all.
func (s *Supply) replaced(p *binpack.Problem, pool int, base func(t *catalog.InstanceType, offering int) string) map[catalog.Key]bool {
	spec := &s.Pools[pool]
	if len(spec.MinValues) > 0 || len(spec.Limits) > 0 || len(p.Quotas) > 0 {
		return nil
	}
	type candidate struct {
		key    catalog.Key
		price  catalog.Price
		free   bool // of limits
		holds  []*big.Int
		stated []bool
	}
	names := resourcesOf(p.CatalogOf(spec))
	groups := map[string][]candidate{}
	var order []string
	for _, t := range p.CatalogOf(spec) {
		for j := range t.Offerings {
			o := Offer{Type: t, Offering: &t.Offerings[j]}
			c := candidate{key: t.Key(j), price: t.Offerings[j].Price, free: s.Limits[t.Key(j)] == binpack.Unlimited}
			for _, name := range names {
				amount, limited := o.Allocatable(name)
				c.holds, c.stated = append(c.holds, amount), append(c.stated, limited)
			}
			at := base(t, j)
			if groups[at] == nil {
				order = append(order, at)
			}
			groups[at] = append(groups[at], c)
		}
	}
	out := map[catalog.Key]bool{}
	for _, at := range order {
		slices.SortStableFunc(groups[at], func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.price, b.price), CompareKeys(a.key, b.key))
		})
		var kept []candidate
		for _, c := range groups[at] {
			if slices.ContainsFunc(kept, func(k candidate) bool {
				for r := range names {
					if k.stated[r] && (!c.stated[r] || k.holds[r].Cmp(c.holds[r]) < 0) {
						return false
					}
				}
				return true
			}) {
				out[c.key] = true
			} else if c.free {
				kept = append(kept, c)
			}
		}
	}
	return out
}

// resourcesOf returns the resources that types or their offerings state.
func resourcesOf(c catalog.Catalog) []corev1.ResourceName {
	var names []corev1.ResourceName
	for _, t := range c {
		for name := range t.Capacity {
			names = append(names, name)
		}
		for i := range t.Offerings {
			for name := range t.Offerings[i].Allocatable {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
