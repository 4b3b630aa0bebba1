package launch

import (
	"cmp"
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// An Exposure says what it means for a plan if something that it counts on fails.
type Exposure struct {
	Without catalog.Key   // what fails, as a pattern
	Nodes   int           // nodes of the plan that it is about
	Plan    binpack.Plan  // the best that is found without it
	Extra   catalog.Price // that this costs more, per hour
	Left    int           // pods that it leaves beyond those that the plan leaves
}

// Exposures returns what is a plan's exposure to each offering, instance type, zone
// and capacity type that it launches, the worst first: what leaves most pods, then
// what costs most. Each search starts from the plan.
func Exposures(ctx context.Context, s solver.Solver, p binpack.Problem, plan binpack.Plan) ([]Exposure, error) {
	var out []Exposure
	at := map[catalog.Key]int{}
	for _, l := range plan.Launches {
		k := l.Offering
		for _, pattern := range []catalog.Key{k, {InstanceType: k.InstanceType}, {Zone: k.Zone}, {CapacityType: k.CapacityType}} {
			if pattern == (catalog.Key{}) {
				continue
			}
			i, known := at[pattern]
			if !known {
				i = len(out)
				at[pattern] = i
				out = append(out, Exposure{Without: pattern})
			}
			out[i].Nodes += l.Nodes()
		}
	}
	start := s.Start
	left := leftBy(plan)
	for i := range out {
		e := &out[i]
		without := p
		without.Availability = All(p.Availability, Without{e.Without})
		if start == nil {
			s.Start = startWithout(without, plan)
		}
		var err error
		if e.Plan, err = s.Solve(ctx, without); err != nil {
			return nil, err
		}
		e.Extra, e.Left = e.Plan.Cost-plan.Cost, leftBy(e.Plan)-left
	}
	slices.SortStableFunc(out, func(a, b Exposure) int {
		return cmp.Or(cmp.Compare(b.Left, a.Left), cmp.Compare(b.Extra, a.Extra))
	})
	return out, nil
}

// startWithout returns the plan with what fails swapped.
func startWithout(without binpack.Problem, plan binpack.Plan) *binpack.Plan {
	var kept, failed []binpack.Launch
	for _, l := range plan.Launches {
		if without.Availability.Available(l.Offering) > 0 {
			kept = append(kept, l)
		} else {
			failed = append(failed, l)
		}
	}
	return &binpack.Plan{Launches: append(kept, startOf(without, failed)...), Nominations: plan.Nominations}
}

func leftBy(plan binpack.Plan) int {
	n := 0
	for _, u := range plan.Unschedulable {
		n += u.Count
	}
	return n
}
