package catalog

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Select returns the offerings whose labels, those of OfferingLabels, meet
// all requirements. A type without such an offering is left out. Of a choice
// the values that meet the requirements are left; where one is left it is a
// label. The result shares what it can with c.
//
// Operators mean what they mean in a pod's node affinity: NotIn and
// DoesNotExist hold where the key is absent, In, Exists, Gt and Lt do not; Gt
// and Lt compare integers and hold for no other value. See
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators.
// Gte and Lte, which Karpenter has, are Gt and Lt with the bound itself.
//
// A requirement that means nothing (see CheckRequirements) is an
// *InvalidError, and so is a nil type.
func (c Catalog) Select(reqs ...corev1.NodeSelectorRequirement) (Catalog, error) {
	if err := CheckRequirements(reqs...); err != nil {
		return nil, err
	}
	selected := make(Catalog, 0, len(c))
	for i, t := range c {
		if t == nil {
			return nil, &InvalidError{Path: fmt.Sprintf("Catalog[%d]", i), Err: errNil}
		}
		narrowed, ok := t.narrow(reqs)
		if !ok {
			continue
		}
		narrowed.Offerings = make([]Offering, 0, len(t.Offerings))
		for j := range t.Offerings {
			label := func(key string) (string, bool) { return t.OfferingLabel(j, key) }
			if Meets(label, t.notOfChoices(reqs)...) {
				narrowed.Offerings = append(narrowed.Offerings, t.Offerings[j])
			}
		}
		if len(narrowed.Offerings) > 0 {
			selected = append(selected, &narrowed)
		}
	}
	return slices.Clip(selected), nil
}

// narrow returns a copy of t whose choices meet the requirements; false: none
// do.
func (t *InstanceType) narrow(reqs []corev1.NodeSelectorRequirement) (InstanceType, bool) {
	narrowed := *t
	for _, key := range slices.Sorted(maps.Keys(t.Choices)) {
		var about []corev1.NodeSelectorRequirement
		for _, r := range reqs {
			if CurrentKey(r.Key) == CurrentKey(key) {
				about = append(about, r)
			}
		}
		if len(about) == 0 {
			continue
		}
		values := slices.DeleteFunc(slices.Clone(t.Choices[key]), func(value string) bool {
			return !Meets(func(string) (string, bool) { return value, true }, about...)
		})
		if len(values) == 0 {
			return narrowed, false
		}
		narrowed.choose(key, values)
	}
	return narrowed, true
}

// choose leaves the values of a choice; where it is one it becomes a label. It
// writes to no map of t.
func (t *InstanceType) choose(key string, values []string) {
	t.Choices = maps.Clone(t.Choices)
	if len(values) > 1 {
		t.Choices[key] = values
		return
	}
	delete(t.Choices, key)
	if len(t.Choices) == 0 {
		t.Choices = nil
	}
	t.Labels = maps.Clone(t.Labels)
	if t.Labels == nil {
		t.Labels = map[string]string{}
	}
	t.Labels[key] = values[0]
}

// notOfChoices returns the requirements about keys that t has no choice of.
func (t *InstanceType) notOfChoices(reqs []corev1.NodeSelectorRequirement) []corev1.NodeSelectorRequirement {
	if len(t.Choices) == 0 {
		return reqs
	}
	return slices.DeleteFunc(slices.Clone(reqs), func(r corev1.NodeSelectorRequirement) bool {
		_, chosen := t.Choices[CurrentKey(r.Key)]
		return chosen
	})
}
