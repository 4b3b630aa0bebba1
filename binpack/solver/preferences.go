package solver

import (
	"context"
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// firstPlan makes the first plan, in which pods keep preferences as s.Preferences has it.
func (s Solver) firstPlan(ctx context.Context, r *compile.Reading) (*attempt, error) {
	options := compile.Options{Held: compile.AllPreferences, Choice: true, Charge: int64(s.NodeCharge)}
	if s.Preferences == IgnorePreferences {
		options.Held = compile.NoPreferences
	}
	a, err := s.planWithPreferences(ctx, r, options)
	if err == nil && s.Preferences == PricePreferences {
		a, err = s.weighPreferences(ctx, a, options)
	}
	return a, err
}

// planWithPreferences compiles and packs repeatedly: pods that are left drop their
// preferences, as long as that helps.
func (s Solver) planWithPreferences(ctx context.Context, r *compile.Reading, options compile.Options) (*attempt, error) {
	var best *attempt
	for kinds := r.Kinds; ; {
		next, err := s.attempt(ctx, r, kinds, options)
		if err != nil && best != nil && ctx.Err() != nil {
			return best, nil
		}
		if err != nil {
			return nil, err
		}
		if best != nil && !next.leavesFewer(best) {
			return best, nil
		}
		best = next
		if options.Held != compile.AllPreferences {
			return best, nil
		}
		if kinds = best.compiled.Relaxed(best.primal.Unsplit()); kinds == nil {
			return best, nil
		}
	}
}

// maxPriced bounds the kinds of pods whose preferences are weighed against cost,
// one after the other: each takes a first plan of its own.
const maxPriced = 40

// weighPreferences weighs preferences against cost. From a plan in which all are held,
// kind after kind gives its own up where the first plan then saves more than they are
// worth.
func (s Solver) weighPreferences(ctx context.Context, a *attempt, options compile.Options) (*attempt, error) {
	least := a.total(s)
	tried := 0
	for k := range a.compiled.Kinds {
		if !a.compiled.Prefers(k) || a.compiled.Kinds[k].Count == 0 || tried == maxPriced {
			continue
		}
		tried++
		kinds := slices.Clone(a.compiled.Kinds)
		kinds[k].Relaxed = true
		next, err := s.attempt(ctx, a.compiled.Reading, kinds, options)
		if err != nil && ctx.Err() != nil {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		if total := next.total(s); !a.leavesFewer(next) && (next.leavesFewer(a) || total.Cmp(least) < 0) {
			a, least = next, total
		}
	}
	return a, nil
}

// total returns what the plan costs and what the preferences that it does not meet
// are worth, in billionths of a dollar. Of preferences about other pods that were
// given up all count as unmet.
func (a *attempt) total(s Solver) *big.Int {
	c := a.compiled
	unmet := new(big.Int)
	add := func(weight, pods int64) {
		unmet.Add(unmet, new(big.Int).Mul(big.NewInt(weight), big.NewInt(pods)))
	}
	waiting := make([][]int, len(c.Model.Classes)) // kinds of each class
	rest := make([]int64, len(c.Kinds))
	for k, class := range c.ClassOf {
		if rest[k] = c.Kinds[k].Count; class >= 0 {
			waiting[class] = append(waiting[class], k)
			if c.Kinds[k].Relaxed {
				add(kube.PodPreferenceWeight(c.Kinds[k].Pod), rest[k])
			}
		}
	}
	for _, j := range a.primal.Unsplit() {
		profile := c.Reading.Supply.ProfileOf(&c.Offers[c.OffersIn[j.Bin][0]])
		for _, n := range j.Counts {
			for pods := n.N * j.Times; pods > 0; { // kind after kind, as in the plan
				k := waiting[n.Class][0]
				some := min(pods, rest[k])
				add(int64(profile.Admits[c.Kinds[k].Rules]), some)
				pods -= some
				if rest[k] -= some; rest[k] == 0 {
					waiting[n.Class] = waiting[n.Class][1:]
				}
			}
		}
	}
	total := unmet.Mul(unmet, big.NewInt(int64(s.PreferencePrice)))
	return total.Add(total, big.NewInt(a.primal.Cost()))
}
