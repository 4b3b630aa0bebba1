package solver

import (
	"context"
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// mostPriced bounds the kinds of pods whose preferences are weighed against cost,
// one after the other: each takes a first plan of its own.
const mostPriced = 40

// priced weighs preferences against cost. From r, in which all are held, kind after
// kind gives its own up where the first plan then saves more than they are worth.
func (s Solver) priced(ctx context.Context, p *binpack.Problem, r *run, holds scope) (*run, error) {
	least := r.total(s)
	tried := 0
	for k := range r.kinds {
		if !r.prefers(k) || r.kinds[k].count == 0 || tried == mostPriced {
			continue
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		tried++
		with := *r.grouping
		with.kinds = slices.Clone(r.kinds)
		with.kinds[k].relaxed = true
		c, err := compile(p, &with, holds)
		if err != nil {
			return nil, err
		}
		next := newRun(ctx, s, p, c)
		if total := next.total(s); !r.leavesFewer(next) && (next.leavesFewer(r) || total.Cmp(least) < 0) {
			r, least = next, total
		}
	}
	return r, nil
}

// total returns what the plan costs and what the preferences that it does not meet
// are worth, in billionths of a dollar. Of preferences about other pods that were
// given up all count as unmet.
func (r *run) total(s Solver) *big.Int {
	unmet := new(big.Int)
	add := func(weight, pods int64) {
		unmet.Add(unmet, new(big.Int).Mul(big.NewInt(weight), big.NewInt(pods)))
	}
	waiting := make([][]int, len(r.compiled.model.Classes)) // kinds of each class
	rest := make([]int64, len(r.kinds))
	for k, class := range r.classOf {
		if rest[k] = r.kinds[k].count; class >= 0 {
			waiting[class] = append(waiting[class], k)
			if r.kinds[k].relaxed {
				add(kube.PodPreferenceWeight(r.kinds[k].pod), rest[k])
			}
		}
	}
	for _, j := range r.split.Whole(r.best) {
		view := r.supply.offers[r.offersIn[j.Bin][0]].view
		for _, n := range j.Counts {
			for pods := n.N * j.Times; pods > 0; { // kind after kind, as in the plan
				k := waiting[n.Class][0]
				some := min(pods, rest[k])
				add(int64(r.supply.views[view].admits[r.kinds[k].rules]), some)
				pods -= some
				if rest[k] -= some; rest[k] == 0 {
					waiting[n.Class] = waiting[n.Class][1:]
				}
			}
		}
	}
	total := unmet.Mul(unmet, big.NewInt(int64(s.PreferencePrice)))
	return total.Add(total, big.NewInt(r.best.Cost(r.model)))
}
