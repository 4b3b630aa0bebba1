package supply

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// choicesOf returns the ways to choose values of a pool's open keys: keys that
// it requires to be In some values and that nothing else carries. Of a key that
// no rule reads one value will do. Where no value meets all that the pool
// requires of a key there is no choice; without open keys there is one, nil.
func choicesOf(p *binpack.Problem, pools []binpack.Pool, i int, read []string) []map[string]string {
	choices := []map[string]string{nil}
	for _, key := range openKeys(p, pools, i) {
		values := openValues(pools[i].Requirements, key)
		if _, is := slices.BinarySearch(read, key); !is && len(values) > 1 {
			values = values[:1]
		}
		var longer []map[string]string
		for _, c := range choices {
			for _, v := range values {
				with := maps.Clone(c)
				if with == nil {
					with = map[string]string{}
				}
				with[key] = v
				longer = append(longer, with)
			}
		}
		choices = longer
	}
	return choices
}

// openKeys returns the open keys of a pool, sorted.
func openKeys(p *binpack.Problem, pools []binpack.Pool, i int) []string {
	var keys []string
	for _, r := range pools[i].Requirements {
		key := nodelabel.Canonical(r.Key)
		if r.Operator != corev1.NodeSelectorOpIn || slices.Contains(keys, key) || nodelabel.OnEveryNode(key) {
			continue
		}
		_, ofPool := nodelabel.Of(pools[i].Labels, key)
		carries := func(t *catalog.InstanceType) bool {
			for i := range t.Offerings {
				if _, ok := t.OfferingLabel(i, key); ok {
					return true
				}
			}
			_, ok := nodelabel.Of(t.Labels, key)
			return ok
		}
		ofType := slices.ContainsFunc(p.Catalog, carries) ||
			slices.ContainsFunc(pools, func(q binpack.Pool) bool { return slices.ContainsFunc(q.Catalog, carries) })
		if !ofPool && !ofType {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// openValues returns the values of a key that meet all the requirements, sorted.
func openValues(requirements []corev1.NodeSelectorRequirement, key string) []string {
	var values []string
	var about []corev1.NodeSelectorRequirement
	for _, r := range requirements {
		if nodelabel.Canonical(r.Key) == key {
			about = append(about, r)
			values = append(values, r.Values...)
		}
	}
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(v string) bool {
		labels := map[string]string{key: v}
		nodelabel.AddAliases(labels)
		return kube.Unmet(about, labels) != nil
	})
}
