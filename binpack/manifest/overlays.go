package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

// An overlay is a NodeOverlay, read.
type overlay struct {
	price    pricing.Overlay // without a Change: it leaves prices alone
	object   object
	capacity corev1.ResourceList
}

// overlaid returns a catalog as NodeOverlays have it for a pool with these labels.
// Of the overlays that select an offering the one of most weight that states a
// price decides it, see [pricing.Overlays]; a resource has the amount of the one of
// most weight that states it, among equals of the one last by name.
func (s *shop) overlaid(c catalog.Catalog, labels map[string]string) (catalog.Catalog, error) {
	overlays, err := s.readOverlays()
	if err != nil || len(overlays) == 0 {
		return c, err
	}
	prices := pricing.Overlays{List: s.withoutTies(overlays, c, labels), PoolLabels: labels}
	if c, err = pricing.Apply(c, pricing.Stack(asItIs{}, prices)); err != nil {
		return nil, err
	}
	for _, o := range overlays {
		if of, ok := o.ofPool(labels); ok && len(o.capacity) > 0 {
			if c, err = c.Extend(o.capacity, of...); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// asItIs is the source of the prices that a catalog has.
type asItIs struct{}

func (asItIs) Quote(o pricing.Offer) (pricing.Quote, error) {
	return pricing.Of(o.Type.Offerings[o.Index].Price, "price"), nil
}

// withoutTies returns the overlays of prices without those that Karpenter does not
// apply: of two of equal weight that select one offering of the pool, the one that
// comes first by name.
func (s *shop) withoutTies(overlays []overlay, c catalog.Catalog, labels map[string]string) []pricing.Overlay {
	prices := slices.DeleteFunc(slices.Clone(overlays), func(o overlay) bool { return o.price.Change == "" })
	lost := map[string]bool{}
	for _, t := range c {
		for i := range t.Offerings {
			node := maps.Clone(labels)
			if node == nil {
				node = map[string]string{}
			}
			maps.Copy(node, t.OfferingLabels(i))
			var before *overlay
			for k := range prices {
				o := &prices[k]
				if !meets(node, o.price.Of) {
					continue
				}
				if before != nil && before.price.Weight == o.price.Weight && !lost[before.price.Name] {
					lost[before.price.Name] = true
					s.notes.note(before.object, "spec.weight", fmt.Sprintf("is that of NodeOverlay %s, which selects the same and comes later by name: this one is not applied", o.price.Name))
				}
				before = o
			}
		}
	}
	var out []pricing.Overlay
	for _, o := range prices {
		if !lost[o.price.Name] {
			out = append(out, o.price)
		}
	}
	return out
}

// meets reports whether labels meet all requirements.
func meets(labels map[string]string, reqs []corev1.NodeSelectorRequirement) bool {
	return catalog.Meets(func(key string) (string, bool) {
		value, ok := labels[key]
		return value, ok
	}, reqs...)
}

// ofPool returns the requirements of an overlay that are about machines, and
// whether a pool with these labels meets the others.
func (o *overlay) ofPool(labels map[string]string) ([]corev1.NodeSelectorRequirement, bool) {
	var machines, pool []corev1.NodeSelectorRequirement
	for _, r := range o.price.Of {
		if _, own := labels[r.Key]; own {
			pool = append(pool, r)
		} else {
			machines = append(machines, r)
		}
	}
	return machines, meets(labels, pool)
}

// readOverlays returns the overlays by weight, and by name.
func (s *shop) readOverlays() ([]overlay, error) {
	var out []overlay
	for _, o := range s.overlays {
		read, path, err := readOverlay(o.value.(*karpenter.NodeOverlay))
		if err != nil {
			return nil, &Error{Origin: o.origin, Path: o.path(path), Err: err}
		}
		read.object = o
		out = append(out, read)
		if read.price.Change != "" && !s.noted {
			s.notes.note(o, path, "is in the prices, as Karpenter compares them: it need not be what is paid")
		}
	}
	s.noted = true
	slices.SortStableFunc(out, func(x, y overlay) int {
		return cmp.Or(cmp.Compare(x.price.Weight, y.price.Weight), cmp.Compare(x.price.Name, y.price.Name))
	})
	return out, nil
}

// readOverlay reads a NodeOverlay. The path is that of its price, or of what is wrong.
func readOverlay(v *karpenter.NodeOverlay) (o overlay, path string, err error) {
	o.price.Name, o.price.Weight, o.capacity = v.Metadata.Name, v.Spec.Weight, v.Spec.Capacity
	for _, r := range v.Spec.Requirements {
		o.price.Of = append(o.price.Of, corev1.NodeSelectorRequirement{Key: r.Key, Operator: r.Operator, Values: r.Values})
	}
	var invalid *catalog.InvalidError
	if _, err := (catalog.Catalog{}).Extend(o.capacity, o.price.Of...); errors.As(err, &invalid) {
		return o, strings.NewReplacer("Resources", "spec.capacity", "Requirements", "spec.requirements").Replace(invalid.Path), invalid.Err
	}
	price, adjustment := v.Spec.Price, v.Spec.PriceAdjustment
	switch {
	case price != nil && adjustment != nil:
		return o, "spec.price", errors.New("is stated beside priceAdjustment")
	case price != nil:
		if path = "spec.price"; strings.ContainsAny(*price, "+-%") {
			return o, path, fmt.Errorf("%q is no price", *price)
		}
		o.price.Change = pricing.Change(*price)
	case adjustment != nil:
		if path = "spec.priceAdjustment"; !strings.HasPrefix(*adjustment, "+") && !strings.HasPrefix(*adjustment, "-") {
			return o, path, fmt.Errorf("%q is neither an amount with its sign nor a share like +10%%", *adjustment)
		}
		o.price.Change = pricing.Change(*adjustment)
	default:
		return o, "", nil
	}
	_, err = pricing.Adjustment{Change: o.price.Change}.Add(pricing.Offer{}, catalog.USD) // is it a change at all?
	return o, path, errors.Unwrap(err)
}
