package problemfile

import (
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// newPools returns the entries of the pools of p.
func newPools(p binpack.Problem, most func(catalog.Key) int) ([]pool, error) {
	if p.Pools == nil {
		return nil, nil
	}
	pools := []pool{}
	for i, b := range p.Pools {
		w := pool{
			Name: b.Name, Weight: b.Weight, Labels: b.Labels, Taints: b.Taints, StartupTaints: b.StartupTaints,
			Requirements: b.Requirements, MinValues: b.MinValues, MinValuesPolicy: b.MinValuesPolicy, Limits: b.Limits, Used: b.Used,
		}
		var err error
		switch {
		case b.Catalog == nil:
		case partOf(p.Catalog, b.Catalog):
			w.InstanceTypes = []string{}
			for _, t := range b.Catalog {
				w.InstanceTypes = append(w.InstanceTypes, t.Name)
			}
		default:
			if w.Catalog, err = newInstanceTypes(at("Pools", i)+".Catalog", b.Catalog, most); err != nil {
				return nil, err
			}
		}
		if !equal(b.Keys, p.OwnKeys(&p.Pools[i])) {
			if w.Keys = b.Keys; w.Keys == nil {
				w.Keys = map[string][]string{}
			}
		}
		pools = append(pools, w)
	}
	return pools, nil
}

// partOf reports whether each type of part is one of all.
func partOf(all, part catalog.Catalog) bool {
	byName := map[string]*catalog.InstanceType{}
	for _, t := range all {
		byName[t.Name] = t
	}
	return !slices.ContainsFunc(part, func(t *catalog.InstanceType) bool {
		return t == nil || t != byName[t.Name] && !equal(t, byName[t.Name])
	})
}

// poolsOf returns the pools of the entries, which may name the types of all.
func poolsOf(entries []pool, all catalog.Catalog) ([]binpack.Pool, error) {
	if entries == nil {
		return nil, nil
	}
	pools := []binpack.Pool{}
	seen := map[string]bool{}
	for i, w := range entries {
		path := at("pools", i)
		if seen[w.Name] {
			return nil, fault(path+".name", "a second pool %q", w.Name)
		}
		seen[w.Name] = true
		b := binpack.Pool{
			Name: w.Name, Weight: w.Weight, Labels: w.Labels, Taints: w.Taints, StartupTaints: w.StartupTaints,
			Requirements: w.Requirements, Keys: w.Keys, MinValues: w.MinValues, MinValuesPolicy: w.MinValuesPolicy, Limits: w.Limits, Used: w.Used,
		}
		var err error
		switch {
		case w.InstanceTypes != nil && w.Catalog != nil:
			return nil, fault(path+".catalog", "is stated beside instanceTypes")
		case w.InstanceTypes != nil:
			b.Catalog, err = namedTypes(path+".instanceTypes", w.InstanceTypes, all)
		case w.Catalog != nil:
			b.Catalog, err = catalogOf(path+".catalog", w.Catalog)
		}
		if err != nil {
			return nil, err
		}
		pools = append(pools, b)
	}
	return pools, nil
}

// namedTypes returns the types of all that have the names, in their order.
func namedTypes(path string, names []string, all catalog.Catalog) (catalog.Catalog, error) {
	byName := map[string]*catalog.InstanceType{}
	for _, t := range all {
		byName[t.Name] = t
	}
	part := catalog.Catalog{}
	for i, name := range names {
		t, ok := byName[name]
		switch {
		case !ok:
			return nil, fault(at(path, i), "no instance type %q", name)
		case slices.Contains(part, t):
			return nil, fault(at(path, i), "%q is named twice", name)
		}
		part = append(part, t)
	}
	return part, nil
}
