package binpack

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// OwnKeys returns the Keys of a pool as Karpenter has it: the keys that the pool requires
// to exist, or to be in some values, and that nobody states otherwise: they are labels
// neither of the pool nor of any instance type or offering that some pool may launch, nor
// of every node. Each launch then takes one value that meets all of the pool's
// requirements on the key; without an In that is any that some pod names, or one that
// none does. Problem files are read so. A pool of the Go API states its Keys itself, so
// that a key that is misspelled in a requirement is a fault.
//
// https://karpenter.sh/docs/concepts/scheduling/#on-demandspot-ratio-split
func (p Problem) OwnKeys(pool *Pool) map[string][]string {
	var keys map[string][]string
	for _, r := range pool.Requirements {
		if opens(r.Operator) && !p.known(pool, r.Key) && !forbids(pool.Requirements, r.Key) {
			if keys == nil {
				keys = map[string][]string{}
			}
			keys[r.Key] = nil
		}
	}
	return keys
}

// opens reports whether a requirement is that the node has the key.
func opens(operator corev1.NodeSelectorOperator) bool {
	return operator == corev1.NodeSelectorOpIn || operator == corev1.NodeSelectorOpExists
}

// forbids reports whether some requirement is that the node has not got the key.
func forbids(requirements []corev1.NodeSelectorRequirement, key string) bool {
	return slices.ContainsFunc(requirements, func(r corev1.NodeSelectorRequirement) bool {
		return r.Operator == corev1.NodeSelectorOpDoesNotExist && nodelabel.Canonical(r.Key) == nodelabel.Canonical(key)
	})
}

// known reports whether nodes of the pool, or of some instance type, have a label of the
// key.
func (p Problem) known(pool *Pool, key string) bool {
	key = nodelabel.Canonical(key)
	if _, ok := nodelabel.Of(pool.Labels, key); ok || nodelabel.OnEveryNode(key) {
		return true
	}
	return p.ofSomeType(key)
}

// chosen reports whether launches of some instance type choose the label of a key.
func (p Problem) chosen(key string) bool {
	chooses := func(t *catalog.InstanceType) bool { return t != nil && len(t.Choices[key]) > 0 }
	return slices.ContainsFunc(p.Catalog, chooses) ||
		slices.ContainsFunc(p.Pools, func(q Pool) bool { return slices.ContainsFunc(q.Catalog, chooses) })
}

// ofSomeType reports whether some instance type has a label of the key, or chooses it.
func (p Problem) ofSomeType(key string) bool {
	carries := func(t *catalog.InstanceType) bool {
		for i := range t.Offerings {
			if _, ok := t.OfferingLabel(i, key); ok {
				return true
			}
		}
		_, ok := nodelabel.Of(t.Labels, key)
		return ok
	}
	return p.chosen(key) || slices.ContainsFunc(p.Catalog, carries) ||
		slices.ContainsFunc(p.Pools, func(q Pool) bool { return slices.ContainsFunc(q.Catalog, carries) })
}

// keys adds the faults of the keys that a pool leaves open, and of those that it requires
// although no node has them.
func (f *faults) keys(p *Problem, pool *Pool, path string) {
	own := map[string]bool{}
	for key := range pool.Keys {
		own[nodelabel.Canonical(key)] = true
		if p.known(pool, key) {
			f.add(fmt.Sprintf("%s.Keys[%s]", path, key), fmt.Errorf("is a label that nodes have already, of the pool, an instance type or every node"))
		}
	}
	for i, r := range pool.Requirements {
		if opens(r.Operator) && len(p.CatalogOf(pool)) > 0 && !own[nodelabel.Canonical(r.Key)] && !p.known(pool, r.Key) {
			f.add(fmt.Sprintf("%s.Requirements[%d].key", path, i), fmt.Errorf("%q is a label of no node: of no instance type, not of the pool, and none of its Keys", r.Key))
		}
	}
}
