package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/catalog"
)

// ownKeys lets pods choose the values of keys that a pool requires and that nothing else
// carries, as Karpenter does. A key of Kubernetes, Karpenter or a cloud is none that pods
// choose: where no instance type carries it the pool launches nothing.
//
// https://karpenter.sh/docs/concepts/scheduling/#on-demandspot-ratio-split
func (b *builder) ownKeys() {
	p := &b.result.Problem
	for i := range p.Pools {
		pool := &p.Pools[i]
		if len(p.CatalogOf(pool)) == 0 {
			continue
		}
		keys := p.OwnKeys(pool)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if reserved(key) {
				delete(keys, key)
				pool.Catalog = catalog.Catalog{}
				b.notes.note(b.result.pools[i], "spec.template.spec.requirements", fmt.Sprintf("no instance type has the label %s: the pool launches nothing", key))
			}
		}
		pool.Keys = keys
	}
}

// reserved reports whether a key is one that nodes have or have not, whatever pods
// ask for: those of Kubernetes, Karpenter and clouds.
func reserved(key string) bool {
	domain, _, ok := strings.Cut(key, "/")
	return ok && slices.ContainsFunc([]string{"kubernetes.io", "k8s.io", "karpenter.sh", "karpenter.k8s.aws", "amazonaws.com", "azure.com", "google.com"}, func(d string) bool {
		return domain == d || strings.HasSuffix(domain, "."+d)
	})
}
