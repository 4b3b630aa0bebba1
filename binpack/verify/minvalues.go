package verify

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkMinValues checks that each launch leaves enough to choose from: among the
// pool's offerings that could hold its pods as well, the label keys of the pool's
// MinValues have as many distinct values as they state.
func checkMinValues(ctx context.Context, l *layout, found *report) {
	for _, g := range l.groups {
		if ctx.Err() != nil {
			return
		}
		pool := g.template.Pool
		if pool == nil || len(pool.Spec.MinValues) == 0 {
			continue
		}
		supply := l.problem.Supply
		if pool.Spec.MinValuesPolicy == binpack.BestEffort && slices.ContainsFunc(g.loads, func(load reading.Load) bool { return !supply.LeavesEnough(pool, load.Kind) }) {
			continue
		}
		choice := func(yield func(*corev1.Node) bool) {
			if yield(g.template.Node) {
				supply.ChoiceBeside(g.template, g.loads)(yield)
			}
		}
		if few, ok := naive.TooFewValues(pool.Spec.MinValues, choice); ok {
			found.add(g.where, nil, binpack.MinValues, binpack.Detail{
				Path: fmt.Sprintf("%s.minValues[%s]", pool.Path, few.Key),
				Rule: fmt.Sprintf("%d to choose from, least is %d", few.Have, few.Least),
			})
		}
	}
}
