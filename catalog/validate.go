package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// InvalidError is a fault of a Catalog, or of what selects from it.
type InvalidError struct {
	Path string // like Catalog[3].Offerings[0].Price
	Err  error
}

func (e *InvalidError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns what is wrong at Path.
func (e *InvalidError) Unwrap() error { return e.Err }

var errNil = errors.New("is nil")

// Validate returns every fault of c, as *InvalidError values that are joined;
// nil: none. A catalog must name each type once and each offering of a type
// once; prices, limits and quantities must not be negative; a quantity must
// be less than about 2^63 in whole units (CPU: in thousandths). An empty
// catalog is valid, and so is a type without offerings, a price of zero or an
// overhead above the capacity. Choices must have distinct values and nothing
// else may say their label; an offering's labels must not contradict its zone
// and instance type.
func (c Catalog) Validate() error {
	var f faults
	first := make(map[string]int, len(c)) // name of a type → where it was first seen
	for i, t := range c {
		path := fmt.Sprintf("Catalog[%d]", i)
		if t == nil {
			f.add(path, errNil)
			continue
		}
		if j, ok := first[t.Name]; ok {
			f.add(path+".Name", fmt.Errorf("%q is the name of Catalog[%d] too", t.Name, j))
		} else {
			first[t.Name] = i
		}
		f.instanceType(path, t)
	}
	return errors.Join(f...)
}

// faults gathers what is wrong.
type faults []error

func (f *faults) add(path string, err error) {
	*f = append(*f, &InvalidError{Path: path, Err: err})
}

func (f *faults) instanceType(path string, t *InstanceType) {
	if t.Name == "" {
		f.add(path+".Name", errors.New("is empty"))
	}
	f.choices(path+".Choices", t)
	f.quantities(path+".Capacity", t.Capacity)
	f.quantities(path+".Overhead", t.Overhead)
	first := make(map[Key]int, len(t.Offerings))
	for i := range t.Offerings {
		o, path := &t.Offerings[i], fmt.Sprintf("%s.Offerings[%d]", path, i)
		if j, ok := first[t.Key(i)]; ok {
			f.add(path, fmt.Errorf("has the zone, capacity type and reservation of Offerings[%d]", j))
		} else {
			first[t.Key(i)] = i
		}
		f.offeringLabels(path+".Labels", t, o)
		if o.Price < 0 {
			f.add(path+".Price", fmt.Errorf("%s is negative", o.Price))
		}
		if o.Limit < 0 {
			f.add(path+".Limit", fmt.Errorf("%d is negative", o.Limit))
		}
		f.quantities(path+".Allocatable", o.Allocatable)
	}
}

// choices checks that each choice has values to choose from, and that nothing
// else says the label.
func (f *faults) choices(path string, t *InstanceType) {
	for _, key := range slices.Sorted(maps.Keys(t.Choices)) {
		values, path := t.Choices[key], fmt.Sprintf("%s[%s]", path, key)
		if !t.choosable(key) {
			f.add(path, errors.New("is not a label that can be chosen"))
		}
		if _, ok := lookUp(t.Labels, key); ok {
			f.add(path, errors.New("is a label of the type too"))
		}
		for i := range t.Offerings {
			if _, ok := lookUp(t.Offerings[i].Labels, key); ok {
				f.add(path, fmt.Errorf("is a label of Offerings[%d] too", i))
			}
		}
		if len(values) == 0 {
			f.add(path, errors.New("has no value"))
		}
		for i, v := range values {
			if slices.Contains(values[:i], v) {
				f.add(path, fmt.Errorf("has %q twice", v))
			}
		}
	}
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

// offeringLabels checks that the labels of o do not contradict what it is.
func (f *faults) offeringLabels(path string, t *InstanceType, o *Offering) {
	if v, ok := lookUp(o.Labels, corev1.LabelTopologyZone); ok && v != o.Zone {
		f.add(path+"["+corev1.LabelTopologyZone+"]", fmt.Errorf("is %q, and the zone %q", v, o.Zone))
	}
	if v, ok := lookUp(o.Labels, corev1.LabelInstanceTypeStable); ok && v != t.typeLabel() {
		f.add(path+"["+corev1.LabelInstanceTypeStable+"]", fmt.Errorf("is %q, and the instance type %q", v, t.typeLabel()))
	}
}

func (f *faults) quantities(path string, list corev1.ResourceList) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		q, path := list[name], fmt.Sprintf("%s[%s]", path, name)
		if d := q.AsDec(); !q.IsZero() && (d.UnscaledBig().BitLen() > 512 || d.Scale() > 100) { // its text could take for ever
			f.add(path, fmt.Errorf("has more digits than an amount that makes sense: %d binary digits, %d behind the point", d.UnscaledBig().BitLen(), d.Scale()))
		} else if q.Sign() < 0 {
			f.add(path, fmt.Errorf("%s is negative", q.String()))
		} else if tooLarge(name, q) {
			f.add(path, fmt.Errorf("%s is more than 64 bits hold", q.String()))
		}
	}
}

// tooLarge reports whether q, which is not negative, reaches 2^63 in whole
// units (CPU: in thousandths).
func tooLarge(name corev1.ResourceName, q resource.Quantity) bool {
	most := 0x1p63
	if name == corev1.ResourceCPU {
		most /= 1000
	}
	// Exact comparison would first write out every zero of 1e2000000000.
	return !q.IsZero() && q.AsApproximateFloat64() >= most
}
