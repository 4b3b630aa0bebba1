package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Operators of Karpenter that a pod's node affinity does not have.
const (
	opGte corev1.NodeSelectorOperator = "Gte"
	opLte corev1.NodeSelectorOperator = "Lte"
)

// CheckRequirements returns what is wrong with requirements whatever the labels:
// no key, an unknown operator, the wrong number of values, a bound that is not
// an integer. The faults are *InvalidError values that are joined; nil: none.
func CheckRequirements(reqs ...corev1.NodeSelectorRequirement) error {
	var f faults
	for i := range reqs {
		if err := checkRequirement(&reqs[i]); err != nil {
			f.add(fmt.Sprintf("Requirements[%d]", i), err)
		}
	}
	return errors.Join(f...)
}

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
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt, opGte, opLte:
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

// Meets reports whether the labels of a node, as label knows them, meet all
// requirements, which CheckRequirements has passed. See Catalog.Select for what
// the operators mean. Label is asked for a key and returns its value, and
// whether there is one.
func Meets(label func(key string) (string, bool), reqs ...corev1.NodeSelectorRequirement) bool {
	for i := range reqs {
		value, has := label(reqs[i].Key)
		if !meets(&reqs[i], value, has) {
			return false
		}
	}
	return true
}

func meets(r *corev1.NodeSelectorRequirement, value string, has bool) bool {
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
	if !has || err != nil {
		return false
	}
	bound, _ := parseBound(r.Values[0])
	switch r.Operator {
	case corev1.NodeSelectorOpGt:
		return n > bound
	case corev1.NodeSelectorOpLt:
		return n < bound
	case opGte:
		return n >= bound
	}
	return n <= bound
}

// parseBound reads an integer as the scheduler does for Gt and Lt.
func parseBound(s string) (int64, error) {
	return strconv.ParseInt(s, 10, 64)
}
