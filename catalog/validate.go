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
// overhead above the capacity.
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
		if o.Price < 0 {
			f.add(path+".Price", fmt.Errorf("%s is negative", o.Price))
		}
		if o.Limit < 0 {
			f.add(path+".Limit", fmt.Errorf("%d is negative", o.Limit))
		}
		f.quantities(path+".Allocatable", o.Allocatable)
	}
}

func (f *faults) quantities(path string, list corev1.ResourceList) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		q, path := list[name], fmt.Sprintf("%s[%s]", path, name)
		if q.Sign() < 0 {
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
