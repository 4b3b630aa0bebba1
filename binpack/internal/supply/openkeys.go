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

// A launch chooses one value for each key that its pool leaves open (Pool.Keys), and of
// each label that its instance type does (Choices). Values that no rule tells apart are
// one, and so are choices of several keys (keychoice.go).

// choices returns the choices of values that a launch of a pool has, of a type with these
// Choices; nil in a choice: there is no key to choose of. Where they are not all it returns
// those of each rule set by itself, too.
func (f *profiler) choices(p *binpack.Problem, pool int, ofType map[string][]string) (choices []map[string]string, bySet [][]map[string]string) {
	keys := openKeys(&f.supply.Pools[pool], ofType)
	if len(keys) == 0 {
		return []map[string]string{nil}, nil
	}
	c := chooser{keys: keys}
	for _, key := range keys {
		values, named := f.valuesOf(p, &f.supply.Pools[pool], key, ofType[key])
		if f.supply.Values[pool] == nil {
			f.supply.Values[pool] = map[string][]string{}
		}
		if len(ofType[key]) == 0 {
			f.supply.Values[pool][key] = named
		}
		if len(values) == 0 {
			return nil, nil
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
	choices, partial := c.choose()
	if partial {
		bySet = f.choicesBySet(c)
	}
	return choices, bySet
}

// openKeys returns the keys that the pool and a type with these Choices leave open, by
// their current names, sorted.
func openKeys(pool *binpack.Pool, ofType map[string][]string) []string {
	var keys []string
	for key := range pool.Keys {
		keys = append(keys, nodelabel.Canonical(key))
	}
	for key := range ofType {
		if _, stated := nodelabel.Of(pool.Labels, key); !stated {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// valuesOf returns the values, sorted, that a launch of the pool may choose for a key:
// those of its type, or that the pool states there, or else in its requirements, or else
// those that rules name and one more; and which of them are named. Where the pool refuses
// all that the type has, these are returned, so that it is known what refuses them.
func (f *profiler) valuesOf(p *binpack.Problem, pool *binpack.Pool, key string, ofType []string) (values, named []string) {
	values = slices.Clone(ofType)
	var about []corev1.NodeSelectorRequirement // but for those that a value is In
	var in []string
	var listed []map[string]bool // by requirement In, which the Problem's check has read
	for _, r := range pool.Requirements {
		if nodelabel.Canonical(r.Key) != key {
			continue
		}
		if r.Operator != corev1.NodeSelectorOpIn {
			about = append(about, r)
			continue
		}
		in = append(in, r.Values...)
		values := make(map[string]bool, len(r.Values))
		for _, v := range r.Values {
			values[v] = true
		}
		listed = append(listed, values)
	}
	for k, of := range pool.Keys {
		if nodelabel.Canonical(k) == key {
			values = append(values, of...)
		}
	}
	meets := func(v string) bool {
		labels := map[string]string{key: v}
		nodelabel.AddAliases(labels)
		return kube.Unmet(about, labels) == nil && !slices.ContainsFunc(listed, func(values map[string]bool) bool { return !values[v] })
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
	if len(ofType) > 0 {
		if len(named) == 0 {
			named = values
		}
		return named, named
	}
	if len(in) == 0 && len(pool.Keys[key]) == 0 {
		if v, ok := another(values, about, meets); ok {
			return slices.Sorted(slices.Values(append(slices.Clip(named), v))), named
		}
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
