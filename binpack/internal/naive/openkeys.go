package naive

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// An OpenKey is a label key of which each launch of a pool chooses the value.
type OpenKey struct {
	Key    string   // by its present name
	Values []string // to choose from; none: the pool launches nothing
}

// OpenKeys returns the keys that a pool's requirements leave open, in their
// order: those required to be In some values that neither the pool nor any of
// the types carries, nor any node of its own. To choose from are the values
// that meet all of the requirements on the key.
func OpenKeys(requirements []corev1.NodeSelectorRequirement, poolLabels map[string]string, typeLabels []map[string]string) []OpenKey {
	var out []OpenKey
	for _, r := range requirements {
		key := Current(r.Key)
		known := slices.ContainsFunc(out, func(o OpenKey) bool { return o.Key == key })
		if r.Operator == corev1.NodeSelectorOpIn && !known && !everyNodeHas(key) && !carries(poolLabels, key) && !anyCarries(typeLabels, key) {
			out = append(out, OpenKey{key, valuesOf(key, requirements)})
		}
	}
	return out
}

// valuesOf returns the values that the requirements on the key state and that
// meet all of them, in their order.
func valuesOf(key string, requirements []corev1.NodeSelectorRequirement) []string {
	on := slices.DeleteFunc(slices.Clone(requirements), func(r corev1.NodeSelectorRequirement) bool { return Current(r.Key) != key })
	var out []string
	for _, r := range on {
		for _, value := range r.Values {
			node := &corev1.Node{}
			node.Labels = map[string]string{key: value}
			if _, unmet := Unmet(on, node); !unmet && !slices.Contains(out, value) {
				out = append(out, value)
			}
		}
	}
	return out
}

// Mischosen says what is wrong with the labels of a launch, or "": they have
// one value for each open key, one that there is to choose, and nothing else.
func Mischosen(open []OpenKey, labels map[string]string) string {
	chosen := underCurrentNames(labels)
	for _, o := range open {
		value, ok := chosen[o.Key]
		switch {
		case !ok:
			return fmt.Sprintf("no value of %s is chosen, it may be %s", o.Key, choiceString(o))
		case !slices.Contains(o.Values, value):
			return fmt.Sprintf("%s=%s is chosen, it may be %s", o.Key, value, choiceString(o))
		}
		delete(chosen, o.Key)
	}
	if more := slices.Sorted(maps.Keys(chosen)); len(more) > 0 {
		return more[0] + " is not to be chosen"
	}
	if len(labels) > len(open) {
		return "a label is chosen under two names"
	}
	return ""
}

func choiceString(o OpenKey) string {
	if len(o.Values) == 0 {
		return "nothing"
	}
	return strings.Join(o.Values, " or ")
}

func everyNodeHas(key string) bool {
	switch Current(key) {
	case corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, CapacityTypeLabel, corev1.LabelHostname:
		return true
	}
	return false
}

func carries(labels map[string]string, key string) bool {
	_, ok := underCurrentNames(labels)[Current(key)]
	return ok
}

func anyCarries(all []map[string]string, key string) bool {
	return slices.ContainsFunc(all, func(labels map[string]string) bool { return carries(labels, key) })
}
