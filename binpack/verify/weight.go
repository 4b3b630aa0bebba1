package verify

import (
	"context"
	"fmt"
	"slices"

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
		for _, load := range g.loads {
			if load.Kind.Withheld != nil {
				continue
			}
			for _, t := range must(load.Kind, g.template.Pool.Spec.Weight) {
				rule := fmt.Sprintf("pool %q must launch %s for it first", t.Pool.Spec.Name, describe.Offering(t.Key))
				found.add(g.where, load.Pod, binpack.PoolWeight, binpack.Detail{Path: g.template.Pool.Path + ".weight", Rule: rule})
			}
		}
	}
}

// mustLaunch returns what pools above a weight must launch for a pod of a kind beside all
// launches of the plan, the heaviest first, as a function that asks each pool once.
func mustLaunch(l *layout) func(*reading.Kind, int32) []*reading.NodeTemplate {
	type answer struct {
		asked int // pools, of the heaviest
		must  []*reading.NodeTemplate
	}
	used, supply := usageOf(l), l.problem.Supply
	left := func(t *reading.NodeTemplate) bool { return used.ofKey[t.Key] < supply.Most[t.Key] }
	within := func(t *reading.NodeTemplate) bool { return used.allowsOneMore(t, l.problem.Given.Quotas) }
	pools, answers := supply.ByWeight(), map[*reading.Kind]*answer{}
	return func(kind *reading.Kind, above int32) []*reading.NodeTemplate {
		a := answers[kind]
		if a == nil {
			a = &answer{}
			answers[kind] = a
		}
		for ; a.asked < len(pools) && pools[a.asked].Spec.Weight > above; a.asked++ {
			if t := supply.MustLaunch(kind, pools[a.asked], left, within); t != nil {
				a.must = append(a.must, t)
			}
		}
		if n := slices.IndexFunc(a.must, func(t *reading.NodeTemplate) bool { return t.Pool.Spec.Weight <= above }); n >= 0 {
			return a.must[:n]
		}
		return a.must
	}
}
