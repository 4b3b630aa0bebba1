package binpack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// An exclusion is an offer that one rule of the pool excludes, and what would
// admit it.
type exclusion struct {
	offer       int
	path, value string
}

// isExcluded reports whether the offer is one that its pool excludes.
func (x *explainer) isExcluded(offer int) bool { return offer >= len(x.binOf) }

// admitting returns the change of a pool by which it could launch the cheapest
// offer that it excludes and that takes the pod; nil: there is none.
func (x *explainer) admitting(pool int, hurdles []hurdle) *Change {
	var out *Change
	var least catalog.Price
	for _, e := range x.exclusions(pool) {
		price := x.supply.offers[e.offer].offering.Price
		if out != nil && price >= least || !passesAll(hurdles, e.offer) {
			continue
		}
		out, least = x.with(e.path, e.value, e.offer), price
	}
	return out
}

// exclusions adds the offers to the supply that one rule of the pool excludes,
// where that was not done yet. A pool without a name stands for none, and has no
// rules to change.
func (x *explainer) exclusions(pool int) []exclusion {
	p := &x.supply.pools[pool]
	if x.excluded[pool] != nil || p.Name == "" {
		return x.excluded[pool]
	}
	found := []exclusion{}
	look := newLook(x.supply.pools, x.sets, x.daemons, x.topology)
	labels, choices := canonical(p.Labels), choicesOf(x.problem, x.supply.pools, pool, look.keys)
	x.supply.offers, x.supply.views = slices.Clip(x.supply.offers), slices.Clip(x.supply.views)
	for _, t := range catalogOf(x.problem, p) {
		for i := range t.Offerings {
			key := t.Key(i)
			own := offeringLabels(t, key)
			for _, chosen := range choices {
				seen := project(look.keys, own, labels, chosen)
				path, value := x.exclusion(pool, labels, own, seen)
				if path == "" {
					continue
				}
				o := offer{pool: pool, key: key, itype: t, offering: &t.Offerings[i], chosen: chosen, limit: x.supply.limits[key]}
				o.view = look.viewOf(&x.supply, pool, seen)
				if x.daemonsFit(&o) {
					found = append(found, exclusion{len(x.supply.offers), path, value})
					x.supply.offers = append(x.supply.offers, o)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b exclusion) int {
		return compareOffers(x.supply.pools, x.supply.offers[a.offer], x.supply.offers[b.offer])
	})
	x.excluded[pool] = found
	return found
}

// exclusion returns which rule of the pool excludes an offering, and what would
// admit it; "": none does, or several.
func (x *explainer) exclusion(pool int, labels map[string]string, own func(string) (string, bool), seen map[string]string) (path, value string) {
	rules := 0
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if v, ok := own(key); ok && v != labels[key] {
			rules++
			path, value = fmt.Sprintf("Pools[%d].labels[%s]", pool, key), v
		}
	}
	seen = maps.Clone(seen)
	kube.AddAliases(seen)
	for i, r := range x.supply.pools[pool].Requirements {
		if kube.Unmet([]corev1.NodeSelectorRequirement{r}, seen) != nil {
			rules++
			at := fmt.Sprintf("Pools[%d].requirements[%d]", pool, i)
			path, value = admit(at, at, &r, seen)
		}
	}
	if rules != 1 {
		return "", ""
	}
	return path, value
}

// admit returns what has to stand where for a requirement to admit the labels: a
// value more, or one less, or another limit; else nothing in the place of drop,
// where that is a path.
func admit(at, drop string, r *corev1.NodeSelectorRequirement, labels map[string]string) (path, value string) {
	v, has := labels[r.Key]
	switch n, err := strconv.ParseInt(v, 10, 64); {
	case !has || v == "" || v == kube.UnknownName:
	case r.Operator == corev1.NodeSelectorOpIn:
		return fmt.Sprintf("%s.values[%d]", at, len(r.Values)), v
	case r.Operator == corev1.NodeSelectorOpNotIn && len(r.Values) > 1:
		return fmt.Sprintf("%s.values[%d]", at, slices.Index(r.Values, v)), ""
	case r.Operator == corev1.NodeSelectorOpGt && err == nil:
		return at + ".values[0]", strconv.FormatInt(n-1, 10)
	case r.Operator == corev1.NodeSelectorOpLt && err == nil:
		return at + ".values[0]", strconv.FormatInt(n+1, 10)
	}
	return drop, ""
}
