package naive

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// An OpenKey is a label key whose value each launch of a pool chooses.
type OpenKey struct {
	Key    string   // by its present name
	Values []string // to choose from
	Stated bool     // there are no others
	On     []corev1.NodeSelectorRequirement
}

// OpenKeys returns the keys that a pool leaves open, by name. To choose from are the values
// that the pool gives for the key, or else states in its requirements, as far as they meet
// all of these; where it does neither, any value that meets them.
func OpenKeys(keys map[string][]string, requirements []corev1.NodeSelectorRequirement) []OpenKey {
	var out []OpenKey
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		o := OpenKey{Key: Current(key), On: slices.DeleteFunc(slices.Clone(requirements), func(r corev1.NodeSelectorRequirement) bool { return Current(r.Key) != Current(key) })}
		values, given := keys[key], len(keys[key]) > 0
		for _, r := range o.On {
			if !given && r.Operator == corev1.NodeSelectorOpIn {
				values, o.Stated = append(values, r.Values...), true
			}
		}
		o.Stated = o.Stated || given
		allowed, seen := o.allowed(), make(map[string]bool, len(values))
		for _, v := range values {
			if !seen[v] && allowed(v) {
				o.Values = append(o.Values, v)
			}
			seen[v] = true
		}
		out = append(out, o)
	}
	return out
}

// allowed returns Allows for many values: what a requirement lists is read once.
func (o *OpenKey) allowed() func(value string) bool {
	listed := map[string]bool{}
	rest := OpenKey{Key: o.Key}
	for i, r := range o.On {
		if r.Operator != corev1.NodeSelectorOpIn || !wellFormed(r) || len(listed) > 0 {
			rest.On = append(rest.On, o.On[i])
			continue
		}
		for _, v := range r.Values {
			listed[v] = true
		}
	}
	return func(value string) bool { return (len(listed) == 0 || listed[value]) && rest.Allows(value) }
}

// Allows reports whether a value meets the requirements on the key.
func (o *OpenKey) Allows(value string) bool {
	node := &corev1.Node{}
	node.Labels = map[string]string{o.Key: value}
	_, unmet := Unmet(o.On, node)
	return !unmet
}

// may reports whether a launch may choose the value.
func (o *OpenKey) may(value string) bool {
	return slices.Contains(o.Values, value) || !o.Stated && o.Allows(value)
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
		case !o.may(value):
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
	switch {
	case !o.Stated:
		return "any that the pool's requirements allow"
	case len(o.Values) == 0:
		return "nothing"
	}
	return strings.Join(o.Values, " or ")
}
