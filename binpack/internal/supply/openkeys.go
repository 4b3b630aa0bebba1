package supply

import (
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// A launch chooses one value for each key that its pool leaves open (Pool.Keys). Values
// that no rule tells apart are one, and so are choices of several keys (keychoice.go).

// choices returns the choices of values that a launch of a pool has; nil in a choice: the
// pool leaves no key open. partial: they are not all.
func (f *profiler) choices(p *binpack.Problem, pool int) (choices []map[string]string, partial bool) {
	keys := openKeys(&f.supply.Pools[pool])
	if len(keys) == 0 {
		return []map[string]string{nil}, false
	}
	c := chooser{keys: keys}
	for _, key := range keys {
		values, named := f.valuesOf(p, &f.supply.Pools[pool], key)
		if f.supply.Values[pool] == nil {
			f.supply.Values[pool] = map[string][]string{}
		}
		f.supply.Values[pool][key] = named
		if len(values) == 0 {
			return nil, false
		}
		c.values = append(c.values, values)
		_, counted := slices.BinarySearch(f.topology, key)
		for k := range f.supply.Pools[pool].MinValues {
			counted = counted || nodelabel.Canonical(k) == key
		}
		c.counted = append(c.counted, counted)
	}
	for i := range f.sets {
		c.read(&f.sets[i], false)
	}
	for i := range f.supply.Daemons {
		c.read(&f.supply.Daemons[i].Rules, true)
	}
	return c.choose()
}

// openKeys returns the keys that the pool leaves open, by their current names, sorted.
func openKeys(pool *binpack.Pool) []string {
	var keys []string
	for key := range pool.Keys {
		keys = append(keys, nodelabel.Canonical(key))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// valuesOf returns the values, sorted, that a launch of the pool may choose for a key:
// those that the pool states there, or else in its requirements, or else those that rules
// name and one more; and which of them are named.
func (f *profiler) valuesOf(p *binpack.Problem, pool *binpack.Pool, key string) (values, named []string) {
	var about []corev1.NodeSelectorRequirement
	var in []string
	for _, r := range pool.Requirements {
		if nodelabel.Canonical(r.Key) != key {
			continue
		}
		about = append(about, r)
		if r.Operator == corev1.NodeSelectorOpIn {
			in = append(in, r.Values...)
		}
	}
	for k, of := range pool.Keys {
		if nodelabel.Canonical(k) == key {
			values = append(values, of...)
		}
	}
	meets := func(v string) bool {
		labels := map[string]string{key: v}
		nodelabel.AddAliases(labels)
		return kube.Unmet(about, labels) == nil
	}
	switch {
	case len(values) > 0:
	case len(in) > 0:
		values = in
	default:
		values = f.named(p, key)
	}
	named = slices.Clone(values)
	slices.Sort(named)
	named = slices.DeleteFunc(slices.Compact(named), func(v string) bool { return !meets(v) })
	if v, ok := another(values, about, meets); ok && len(in) == 0 && len(pool.Keys[key]) == 0 {
		return slices.Sorted(slices.Values(append(slices.Clip(named), v))), named
	}
	return named, named
}

// named returns the values of a key that rules of pods name or existing nodes have.
func (f *profiler) named(p *binpack.Problem, key string) []string {
	found := map[string]bool{}
	add := func(s *kube.RuleSet) {
		for _, t := range s.Terms() {
			for _, e := range t.MatchExpressions {
				if nodelabel.Canonical(e.Key) == key {
					for _, v := range e.Values {
						found[v] = e.Operator == corev1.NodeSelectorOpIn || e.Operator == corev1.NodeSelectorOpNotIn || found[v]
					}
				}
			}
		}
	}
	for i := range f.sets {
		add(&f.sets[i])
	}
	for i := range f.supply.Daemons {
		add(&f.supply.Daemons[i].Rules)
	}
	for i := range p.Existing {
		if v, ok := nodelabel.Of(p.Existing[i].Node.Labels, key); ok {
			found[v] = true
		}
	}
	maps.DeleteFunc(found, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(found))
}

// another returns a value that is not among those named and meets the requirements.
func another(named []string, about []corev1.NodeSelectorRequirement, meets func(string) bool) (string, bool) {
	tries := []string{"any"}
	for _, r := range about {
		for _, v := range r.Values {
			if n, err := strconv.Atoi(v); err == nil {
				tries = append(tries, strconv.Itoa(n), strconv.Itoa(n+1), strconv.Itoa(n-1))
			}
		}
	}
	for i := range len(named) + len(about) + 1 {
		tries = append(tries, "any-"+strconv.Itoa(i+2))
	}
	for _, v := range tries {
		if !slices.Contains(named, v) && meets(v) {
			return v, true
		}
	}
	return "", false
}
