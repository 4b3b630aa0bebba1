package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Extend returns c with resources that device plugins or an administrator add to
// nodes: a type that has an offering whose labels meet all requirements, see Select,
// has them in its capacity. What it has of them already is replaced. These are the
// semantics of the capacity of Karpenter's NodeOverlay, see
// https://karpenter.sh/docs/concepts/nodeoverlays/. The result shares what it can
// with c.
//
// CPU, memory, ephemeral storage and pods are not to be added like this: naming one is
// an *InvalidError, as is what Select refuses.
func (c Catalog) Extend(resources corev1.ResourceList, reqs ...corev1.NodeSelectorRequirement) (Catalog, error) {
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		switch name {
		case corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, corev1.ResourcePods:
			return nil, &InvalidError{Path: fmt.Sprintf("Resources[%s]", name), Err: errors.New("is the machine's own")}
		}
	}
	var f faults
	if f.quantities("Resources", resources); len(f) > 0 {
		return nil, f[0]
	}
	selected, err := c.Select(reqs...)
	if err != nil {
		return nil, err
	}
	has := make(map[string]bool, len(selected))
	for _, t := range selected {
		has[t.Name] = true
	}
	extended := slices.Clone(c)
	for i, t := range c {
		if !has[t.Name] {
			continue
		}
		more := *t
		more.Capacity = maps.Clone(t.Capacity)
		if more.Capacity == nil {
			more.Capacity = corev1.ResourceList{}
		}
		maps.Copy(more.Capacity, resources)
		extended[i] = &more
	}
	return extended, nil
}
