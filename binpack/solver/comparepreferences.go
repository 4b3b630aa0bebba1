package solver

import (
	"context"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// withPreferenceCost returns the plan with what it pays for preferences, where s asks for
// it: how much more it costs than the best plan found that ignores them, if that leaves no
// more pods. The search for that plan has the work and the settings of the first.
func (s Solver) withPreferenceCost(ctx context.Context, p binpack.Problem, plan binpack.Plan) (binpack.Plan, error) {
	if !s.ComparePreferences || s.Preferences == IgnorePreferences {
		return plan, nil
	}
	s.Preferences, s.ComparePreferences, s.Alternatives, s.Start = IgnorePreferences, false, 0, nil
	without, err := s.Solve(ctx, p)
	switch {
	case err != nil && ctx.Err() != nil:
		return plan, nil // there was no time to look
	case err != nil:
		return binpack.Plan{}, err
	}
	var cost catalog.Price
	if podsLeft(without) <= podsLeft(plan) {
		cost = max(0, plan.Cost-without.Cost)
	}
	plan.PreferenceCost = &cost
	return plan, nil
}

func podsLeft(p binpack.Plan) int {
	n := 0
	for _, u := range p.Unschedulable {
		n += u.Count
	}
	return n
}
