package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Select returns the offerings whose labels, those of OfferingLabels, meet
// all requirements. A type without such an offering is left out. The result
// shares what it can with c.
//
// Operators mean what they mean in a pod's node affinity: NotIn and
// DoesNotExist hold where the key is absent, In, Exists, Gt and Lt do not; Gt
// and Lt compare integers and hold for no other value. See
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators.
//
// A requirement that means nothing (no key, an unknown operator, the wrong
// number of values, a bound that is not an integer) is an *InvalidError, and
// so is a nil type.
func (c Catalog) Select(reqs ...corev1.NodeSelectorRequirement) (Catalog, error) {
	for i := range reqs {
		if err := checkRequirement(&reqs[i]); err != nil {
			return nil, &InvalidError{Path: fmt.Sprintf("Requirements[%d]", i), Err: err}
		}
	}
	var selected Catalog
	for i, t := range c {
		if t == nil {
			return nil, &InvalidError{Path: fmt.Sprintf("Catalog[%d]", i), Err: errNil}
		}
		var offerings []Offering
		for j, o := range t.Offerings {
			if meetsAll(reqs, t.OfferingLabels(j)) {
				offerings = append(offerings, o)
			}
		}
		if len(offerings) > 0 {
			narrowed := *t
			narrowed.Offerings = offerings
			selected = append(selected, &narrowed)
		}
	}
	return selected, nil
}

// checkRequirement returns what is wrong with r, whatever the labels.
func checkRequirement(r *corev1.NodeSelectorRequirement) error {
	if r.Key == "" {
		return errors.New("has no key")
	}
	switch r.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		if len(r.Values) == 0 {
			return fmt.Errorf("%s %s needs a value", r.Key, r.Operator)
		}
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		if len(r.Values) > 0 {
			return fmt.Errorf("%s %s takes no value, has %q", r.Key, r.Operator, r.Values)
		}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if len(r.Values) != 1 {
			return fmt.Errorf("%s %s needs one value, has %q", r.Key, r.Operator, r.Values)
		}
		if _, err := parseBound(r.Values[0]); err != nil {
			return fmt.Errorf("%s %s needs an integer, has %q", r.Key, r.Operator, r.Values[0])
		}
	default:
		return fmt.Errorf("%s: operator %q is not known", r.Key, r.Operator)
	}
	return nil
}

func meetsAll(reqs []corev1.NodeSelectorRequirement, labels map[string]string) bool {
	for i := range reqs {
		if !meets(&reqs[i], labels) {
			return false
		}
	}
	return true
}

// meets reports whether labels meet r, which checkRequirement has passed.
func meets(r *corev1.NodeSelectorRequirement, labels map[string]string) bool {
	value, has := labels[r.Key]
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		return has && slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpNotIn:
		return !has || !slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpExists:
		return has
	case corev1.NodeSelectorOpDoesNotExist:
		return !has
	}
	n, err := parseBound(value)
	bound, _ := parseBound(r.Values[0])
	if !has || err != nil {
		return false
	}
	if r.Operator == corev1.NodeSelectorOpGt {
		return n > bound
	}
	return n < bound
}

// parseBound reads an integer as the scheduler does for Gt and Lt.
func parseBound(s string) (int64, error) {
	return strconv.ParseInt(s, 10, 64)
}
