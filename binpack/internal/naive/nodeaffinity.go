package naive

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// nodeSelector refuses a node that lacks an entry of the pod's node selector.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector
func nodeSelector(pod *corev1.Pod, node *corev1.Node) *Refusal {
	for _, key := range slices.Sorted(maps.Keys(pod.Spec.NodeSelector)) {
		want := pod.Spec.NodeSelector[key]
		if have, ok := label(node, key); !ok || have != want {
			return &Refusal{Code: NodeAffinity, Path: "spec.nodeSelector", Rule: key + "=" + want}
		}
	}
	return nil
}

// nodeAffinity refuses a node that meets none of the terms of the pod's
// required node affinity.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
func nodeAffinity(pod *corev1.Pod, node *corev1.Node) *Refusal {
	required := requiredNodes(pod)
	if required == nil {
		return nil
	}
	terms := required.NodeSelectorTerms
	for _, t := range terms {
		if meetsTerm(node, t) {
			return nil
		}
	}
	return &Refusal{
		Code: NodeAffinity,
		Path: "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
		Rule: strconv.Itoa(len(terms)) + " terms, none met",
	}
}

func requiredNodes(pod *corev1.Pod) *corev1.NodeSelector {
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	}
	return nil
}

// meetsTerm: all expressions and all fields must hold; an empty term matches
// no node.
func meetsTerm(node *corev1.Node, t corev1.NodeSelectorTerm) bool {
	if len(t.MatchExpressions) == 0 && len(t.MatchFields) == 0 {
		return false
	}
	for _, e := range t.MatchExpressions {
		if !Meets(node, e) {
			return false
		}
	}
	for _, f := range t.MatchFields {
		if !meetsField(node, f) {
			return false
		}
	}
	return true
}

// Meets reports whether the node's labels meet one requirement. A requirement
// that the API would refuse is met by no node.
func Meets(node *corev1.Node, e corev1.NodeSelectorRequirement) bool {
	if !wellFormed(e) {
		return false
	}
	have, ok := label(node, e.Key)
	switch e.Operator {
	case corev1.NodeSelectorOpIn:
		return ok && slices.Contains(e.Values, have)
	case corev1.NodeSelectorOpNotIn:
		return !ok || !slices.Contains(e.Values, have)
	case corev1.NodeSelectorOpExists:
		return ok
	case corev1.NodeSelectorOpDoesNotExist:
		return !ok
	}
	number, err := strconv.ParseInt(have, 10, 64)
	if !ok || err != nil {
		return false
	}
	bound, _ := strconv.ParseInt(e.Values[0], 10, 64) // a number: well formed
	if e.Operator == corev1.NodeSelectorOpGt {
		return number > bound
	}
	return number < bound
}

// wellFormed: In and NotIn need values, Exists and DoesNotExist must have
// none, Gt and Lt need one whole number; keys and values must be such as
// labels can have.
func wellFormed(e corev1.NodeSelectorRequirement) bool {
	if len(validation.IsQualifiedName(e.Key)) > 0 {
		return false
	}
	for _, v := range e.Values {
		if len(validation.IsValidLabelValue(v)) > 0 {
			return false
		}
	}
	switch e.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		return len(e.Values) > 0
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		return len(e.Values) == 0
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if len(e.Values) != 1 {
			return false
		}
		_, err := strconv.ParseInt(e.Values[0], 10, 64)
		return err == nil
	}
	return false
}

// meetsField: the API knows one field, the node's name, with In or NotIn and
// one value. A new node's name is not known yet, so it is in no list and not
// in any: In fails, NotIn holds.
func meetsField(node *corev1.Node, f corev1.NodeSelectorRequirement) bool {
	if f.Key != "metadata.name" || len(f.Values) != 1 {
		return false
	}
	is := node.Name != "" && node.Name == f.Values[0]
	switch f.Operator {
	case corev1.NodeSelectorOpIn:
		return is
	case corev1.NodeSelectorOpNotIn:
		return !is
	}
	return false
}

// requirementString returns a requirement as a person would write it.
func requirementString(e corev1.NodeSelectorRequirement) string {
	return strings.TrimSpace(e.Key + " " + string(e.Operator) + " " + strings.Join(e.Values, ","))
}
