package karpenter

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/scheduling"
)

// An openKey is a label key that a pool requires to be In some values and that
// nothing carries: each node of the pool takes one of the values as its label.
type openKey struct {
	key    string
	values []string // those that all requirements of the pool allow, in its order
}

// openKeys lists the open keys of t, given the keys that some type carries.
func openKeys(t pool, carried map[string]bool) []openKey {
	closed := map[string]bool{corev1.LabelInstanceTypeStable: true, corev1.LabelTopologyZone: true,
		v1.CapacityTypeLabelKey: true, corev1.LabelHostname: true}
	for key := range t.Labels {
		closed[canonical(key)] = true
	}
	all := scheduling.NewNodeSelectorRequirementsWithMinValues(t.requirements()...)
	var open []openKey
	for _, req := range t.Requirements {
		key := canonical(req.Key)
		if req.Operator != corev1.NodeSelectorOpIn || closed[key] || carried[key] {
			continue
		}
		closed[key] = true
		allowed := slices.DeleteFunc(slices.Clone(req.Values), func(v string) bool { return !all.Get(key).Has(v) })
		open = append(open, openKey{key, allowed})
	}
	return open
}

// leavesOpen reports whether key is an open key of t.
func (t pool) leavesOpen(key string) bool {
	return slices.ContainsFunc(t.open, func(o openKey) bool { return o.key == key })
}

// canonical returns the key that Karpenter knows an aliased one by.
func canonical(key string) string {
	if k, ok := v1.NormalizedLabels[key]; ok {
		return k
	}
	return key
}
