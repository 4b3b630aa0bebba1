package naive

import (
	"iter"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A Shortage is a label key with too few values to choose from.
type Shortage struct {
	Key         string
	Have, Least int
}

// TooFewValues returns the first key, by name, that has fewer distinct values on the
// nodes than are asked for, and whether there is one. No more nodes are read than decide.
func TooFewValues(least map[string]int, nodes iter.Seq[*corev1.Node]) (Shortage, bool) {
	keys := slices.Sorted(maps.Keys(least))
	seen := make([]map[string]bool, len(keys))
	missing := 0 // values, over all keys
	for i, key := range keys {
		seen[i] = map[string]bool{}
		missing += max(least[key], 0)
	}
	if missing == 0 {
		return Shortage{}, false
	}
	for node := range nodes {
		for i, key := range keys {
			value, ok := label(node, key)
			if ok && !seen[i][value] && len(seen[i]) < least[key] {
				seen[i][value] = true
				missing--
			}
		}
		if missing == 0 {
			break
		}
	}
	for i, key := range keys {
		if have := len(seen[i]); have < least[key] {
			return Shortage{key, have, least[key]}, true
		}
	}
	return Shortage{}, false
}
