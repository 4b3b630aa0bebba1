package verify

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// minValues checks that each launch leaves enough to choose from: among the
// pool's offerings that could hold its pods as well, the label keys of the
// pool's MinValues have as many distinct values as they state.
func (v *verifier) minValues() {
	for _, n := range v.nodes {
		pool := v.ofPool[n.site]
		if pool == nil || len(pool.MinValues) == 0 {
			continue
		}
		choice := func(yield func(*corev1.Node) bool) {
			if yield(n.site.node) {
				v.choice(pool, n.loads)(yield)
			}
		}
		if few, ok := naive.TooFewValues(pool.MinValues, choice); ok {
			v.report(n.where, nil, binpack.MinValues, binpack.Detail{
				Path: fmt.Sprintf("%s.minValues[%s]", pool.path, few.Key),
				Rule: fmt.Sprintf("%d to choose from, least is %d", few.Have, few.Least),
			})
		}
	}
}
