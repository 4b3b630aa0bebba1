package launch

import (
	"cmp"
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// An Exposure says what it means for a plan if something that it counts on fails.
type Exposure struct {
	Without catalog.Key   // what fails, as a pattern
	Nodes   int           // launches of the plan that it is about
	Plan    binpack.Plan  // the best that is found without it
	Extra   catalog.Price // that this costs more, per hour
	Left    int           // pods that it leaves beyond those that the plan leaves
}

// Exposures returns what is a plan's exposure to each offering, instance type, zone
// and capacity type that it launches, the worst first: what leaves most pods, then
// what costs most. Each search starts from the plan.
func Exposures(ctx context.Context, s binpack.Solver, p binpack.Problem, plan binpack.Plan) ([]Exposure, error) {
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
			out[i].Nodes++
		}
	}
	if s.Start == nil {
		s.Start = &plan
	}
	left := leftBy(plan)
	for i := range out {
		e := &out[i]
		without := p
		without.Availability = All(p.Availability, Without{e.Without})
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

func leftBy(plan binpack.Plan) int {
	n := 0
	for _, u := range plan.Unschedulable {
		n += u.Count
	}
	return n
}
