package problemfile

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// newInstanceType returns what a file says of t. most tells how many launches
// an Availability allows.
func newInstanceType(t *catalog.InstanceType, most func(catalog.Key) int) instanceType {
	w := instanceType{
		Name: t.Name, Labels: t.Labels, Allocatable: t.Allocatable(), Offerings: []offering{},
		TypeLabel: t.TypeLabel, CapacityTypeLabel: t.CapacityTypeKey, Choices: t.Choices,
	}
	if len(t.Overhead) > 0 || !equal(w.Allocatable, t.Capacity) {
		w.Capacity = t.Capacity
		if !equal(difference(w.Capacity, w.Allocatable), t.Overhead) {
			w.Overhead = corev1.ResourceList{}
			if t.Overhead != nil {
				w.Overhead = t.Overhead
			}
		}
	}
	for i := range t.Offerings {
		w.Offerings = append(w.Offerings, newOffering(&t.Offerings[i], most(t.Key(i))))
	}
	return w
}

func newOffering(o *catalog.Offering, most int) offering {
	w := offering{
		Zone:          o.Zone,
		CapacityType:  o.CapacityType,
		ReservationID: o.ReservationID,
		Price:         (*price)(&o.Price),
		Labels:        o.Labels,
		Allocatable:   o.Allocatable,
	}
	switch {
	case o.Unavailable:
		most = 0
	case o.Limit != 0:
		most = min(most, o.Limit)
	}
	if most != binpack.Unlimited {
		w.Limit = &most
	}
	return w
}

// instanceType returns the type that w stands for.
func (w *instanceType) instanceType(path string) (*catalog.InstanceType, error) {
	if w.Name == "" {
		return nil, fault(path+".name", "is missing")
	}
	t := &catalog.InstanceType{
		Name: w.Name, Labels: w.Labels, Capacity: w.Capacity, Overhead: w.Overhead,
		TypeLabel: w.TypeLabel, CapacityTypeKey: w.CapacityTypeLabel, Choices: w.Choices,
	}
	var more corev1.ResourceList // allocatable that capacity does not have
	switch {
	case w.Overhead != nil:
		if w.Allocatable != nil && !equal(w.Allocatable, t.Allocatable()) {
			return nil, fault(path+".allocatable", "is not capacity less overhead")
		}
	case w.Allocatable == nil:
		return nil, fault(path+".allocatable", "is missing")
	case w.Capacity == nil:
		t.Capacity = w.Allocatable
	default:
		if _, ok := w.Allocatable[corev1.ResourcePods]; !ok && hasPods(w.Capacity) {
			return nil, fault(path+".capacity.pods", "is stated, but allocatable.pods is not")
		}
		t.Overhead = difference(w.Capacity, w.Allocatable)
		more = beyond(w.Allocatable, w.Capacity)
	}
	seen := map[catalog.Key]bool{}
	for i := range w.Offerings {
		path := at(path+".offerings", i)
		o, err := w.Offerings[i].offering(path, more)
		if err != nil {
			return nil, err
		}
		t.Offerings = append(t.Offerings, o)
		if key := t.Key(i); seen[key] {
			return nil, fault(path, "a second offering in zone %q, capacity type %q", o.Zone, o.CapacityType)
		} else {
			seen[key] = true
		}
	}
	return t, nil
}

// offering returns the offering that w stands for. more is allocatable that
// its type cannot say.
func (w *offering) offering(path string, more corev1.ResourceList) (catalog.Offering, error) {
	if w.Price == nil {
		return catalog.Offering{}, fault(path+".price", "is missing")
	}
	o := catalog.Offering{
		Zone:          w.Zone,
		CapacityType:  w.CapacityType,
		ReservationID: w.ReservationID,
		Price:         catalog.Price(*w.Price),
		Labels:        w.Labels,
		Allocatable:   union(w.Allocatable, more),
	}
	switch {
	case w.Limit == nil:
	case *w.Limit < 0:
		return o, fault(path+".limit", "%d is negative", *w.Limit)
	case *w.Limit == 0:
		o.Unavailable = true
	default:
		o.Limit = *w.Limit
	}
	return o, nil
}

// difference returns capacity less allocatable where that is more than
// nothing; a resource that is not allocatable counts as 0.
func difference(capacity, allocatable corev1.ResourceList) corev1.ResourceList {
	over := corev1.ResourceList{}
	for name, q := range capacity {
		left := q.DeepCopy()
		left.Sub(allocatable[name])
		if left.Sign() > 0 {
			over[name] = left
		}
	}
	return over
}

// beyond returns what is allocatable without being, or beyond, capacity.
func beyond(allocatable, capacity corev1.ResourceList) corev1.ResourceList {
	more := corev1.ResourceList{}
	for name, q := range allocatable {
		if has, ok := capacity[name]; !ok || q.Cmp(has) > 0 {
			more[name] = q
		}
	}
	return more
}

// union returns the resources of a and those of b that a has not.
func union(a, b corev1.ResourceList) corev1.ResourceList {
	if len(b) == 0 {
		return a
	}
	all := corev1.ResourceList{}
	for name, q := range b {
		all[name] = q
	}
	for name, q := range a {
		all[name] = q
	}
	return all
}

func hasPods(r corev1.ResourceList) bool {
	_, ok := r[corev1.ResourcePods]
	return ok
}

// catalogOf returns the catalog that the entries stand for.
func catalogOf(path string, entries []instanceType) (catalog.Catalog, error) {
	c := make(catalog.Catalog, 0, len(entries))
	seen := map[string]bool{}
	for i := range entries {
		t, err := entries[i].instanceType(at(path, i))
		if err != nil {
			return nil, err
		}
		if seen[t.Name] {
			return nil, fault(at(path, i)+".name", "a second instance type %q", t.Name)
		}
		seen[t.Name] = true
		c = append(c, t)
	}
	return c, nil
}

// newInstanceTypes returns the entries of c, which is at path.
func newInstanceTypes(path string, c catalog.Catalog, most func(catalog.Key) int) ([]instanceType, error) {
	entries := []instanceType{}
	for i, t := range c {
		if t == nil {
			return nil, fault(at(path, i), "is nil")
		}
		entries = append(entries, newInstanceType(t, most))
	}
	return entries, nil
}
