package verify

import (
	"context"
	"fmt"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkPoolWeights checks that no pod is in a pool while one of higher weight must
// launch for it, counted with all launches of the plan.
func checkPoolWeights(ctx context.Context, l *layout, found *report) {
	must := mustLaunch(l)
	for _, g := range l.groups {
		if ctx.Err() != nil {
			return
		}
		if g.template.Exists() {
			continue
		}
		for _, heavy := range l.problem.Supply.Heavier(g.template.Pool) {
			for _, load := range g.loads {
				if load.Kind.Withheld != nil {
					continue
				}
				if t := must(load.Kind, heavy); t != nil {
					rule := fmt.Sprintf("pool %q must launch %s for it first", heavy.Spec.Name, describe.Offering(t.Key))
					found.add(g.where, load.Pod, binpack.PoolWeight, binpack.Detail{Path: g.template.Pool.Path + ".weight", Rule: rule})
				}
			}
		}
	}
}

// mustLaunch returns what a pool must launch for a pod of a kind beside all
// launches of the plan, or nil, as a function that asks once.
func mustLaunch(l *layout) func(*reading.Kind, *reading.Pool) *reading.NodeTemplate {
	type question struct {
		kind *reading.Kind
		pool *reading.Pool
	}
	used, supply := usageOf(l), l.problem.Supply
	left := func(t *reading.NodeTemplate) bool { return used.ofKey[t.Key] < supply.Most[t.Key] }
	within := func(t *reading.NodeTemplate) bool { return used.allowsOneMore(t, l.problem.Given.Quotas) }
	answers := map[question]*reading.NodeTemplate{}
	return func(kind *reading.Kind, pool *reading.Pool) *reading.NodeTemplate {
		t, known := answers[question{kind, pool}]
		if !known {
			t = supply.MustLaunch(kind, pool, left, within)
			answers[question{kind, pool}] = t
		}
		return t
	}
}
