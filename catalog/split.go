package catalog

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Split returns c with an entry for each way to make the choices of a type, in
// the order of the values, keys sorted. Such an entry is called like
// m5.large/linux and keeps the TypeLabel of its type. Types without choices
// stay as they are. The result shares what it can with c.
//
// Entries of one machine would each have its Limit, and so more together than
// there are: an offering with a Limit whose type has choices is an
// *InvalidError, and so is a nil type.
func (c Catalog) Split() (Catalog, error) {
	split := make(Catalog, 0, len(c))
	for i, t := range c {
		if t == nil {
			return nil, &InvalidError{Path: fmt.Sprintf("Catalog[%d]", i), Err: errNil}
		}
		if len(t.Choices) == 0 {
			split = append(split, t)
			continue
		}
		for j := range t.Offerings {
			if t.Offerings[j].Limit > 0 {
				return nil, &InvalidError{
					Path: fmt.Sprintf("Catalog[%d].Offerings[%d].Limit", i, j),
					Err:  fmt.Errorf("is stated of a type with choices: each entry of %s would have it", t.Name),
				}
			}
		}
		split = append(split, t.split()...)
	}
	return split, nil
}

func (t *InstanceType) split() Catalog {
	whole := *t
	whole.TypeLabel = t.typeLabel()
	entries := Catalog{&whole}
	for _, key := range slices.Sorted(maps.Keys(t.Choices)) {
		var longer Catalog
		for _, e := range entries {
			for _, value := range t.Choices[key] {
				entry := *e
				entry.Name += "/" + value
				entry.choose(key, []string{value})
				longer = append(longer, &entry)
			}
		}
		entries = longer
	}
	return entries
}

// choosable reports whether a label of the key may be a choice: those that name
// the offering may not.
func (t *InstanceType) choosable(key string) bool {
	switch CurrentKey(key) {
	case corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone, t.capacityTypeKey(), corev1.LabelHostname:
		return false
	}
	return CurrentKey(key) == key // of a renamed label the current key only
}
