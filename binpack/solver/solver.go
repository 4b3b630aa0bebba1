package solver

import (
	"context"
	"fmt"
	"iter"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// Solver holds settings. The zero value is ready, deterministic and bounded in
// work. It has no state; share it.
type Solver struct {
	Gap         float64          // stop at this relative gap; 0: when proven optimal
	Work        int64            // most ticks of the search; 0: DefaultWork; <0: no limit; the proof beside it takes half as many at most
	Preferences PreferencePolicy // what preferences of pods are worth

	// Alternatives is how many alternatives each launch states at most; 0: none.
	// They are not counted as work. Where the context ends launches have fewer.
	Alternatives int

	// Risk is how much of a plan may hang on one thing, as far as no more pods are
	// left for it. The search is then made several times.
	Risk Risk

	// PreferencePrice is, with PricePreferences, what one unit of a preference's
	// weight is worth for one pod, per hour. A taint, and a spread that is only
	// wished for, have the weight 1.
	PreferencePrice catalog.Price

	// NodeCharge is what each launched node costs per hour beside its price: agents,
	// licences, addresses. Plan.Charge is its sum; Plan.Cost has prices only.
	NodeCharge catalog.Price

	// ComparePreferences looks for a plan that ignores preferences too, so that Plan says
	// what keeping them costs (Plan.PreferenceCost). It takes as much work again. Plans
	// does not compare.
	ComparePreferences bool

	// Start is an earlier plan for a similar problem: what still fits of it is where the
	// search starts, and the cuts of its bound are tried first. The default Work is
	// then a fourteenth, where half of its pods fit; Stats.Started says how many do.
	// A launch of it is one to make again: pods of a node that is there by now belong in
	// a Nomination. Pods are known by pointer, else by UID, else by namespace and name, else by
	// content. nil: none.
	Start *binpack.Plan

	without technique.Set // for measurements
	apart   bool          // nodes are not joined at the same cost
}

// PreferencePolicy says what the preferences of pods are worth: preferred node and
// pod affinity, spread with ScheduleAnyway, taints with PreferNoSchedule. None of
// them leaves a pod pending.
type PreferencePolicy int

const (
	RespectPreferences PreferencePolicy = iota // more than any cost: a pod gives its up only where it could not be placed otherwise
	IgnorePreferences                          // nothing
	PricePreferences                           // Solver.PreferencePrice: alike pods give theirs up where that saves more than it is worth
)

// DefaultWork is the work limit of the zero Solver in ticks, steps of the
// inner loops: about a second on one core.
const DefaultWork = work.Default

// maxCharge is a million US dollars per hour.
const maxCharge = 1_000_000 * catalog.USD

// Solve is Solver{}.Solve.
func Solve(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
	return Solver{}.Solve(ctx, p)
}

// Solve returns the best plan that it finds. Of plans at one cost it prefers those with
// fewer nodes, as far as it sees how nodes can be joined; Optimal is about the cost. When ctx ends it returns what it
// has, with Status Interrupted and a nil error; an error means that there is
// no plan: p is invalid, or ctx ended before the first plan stood.
func (s Solver) Solve(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
	ctx = prompt(ctx)
	plan, err := s.solve(ctx, p)
	if err != nil {
		return plan, err
	}
	return s.withPreferenceCost(ctx, p, plan)
}

func (s Solver) solve(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
	if s.Risk != (Risk{}) {
		return s.withinRisk(ctx, p)
	}
	r, err := s.begin(ctx, &p)
	if err != nil {
		return binpack.Plan{}, err
	}
	for r.improve() {
	}
	if err := r.primal.Fault(); err != nil {
		return binpack.Plan{}, err
	}
	return s.withAlternatives(ctx, p, r.plan())
}

// Plans yields ever better plans: the first one that stands, then each that
// leaves fewer pods, costs less or has a higher bound. Break when good enough.
// With a Risk there is one, that of Solve. An error comes alone, as of Solve.
func (s Solver) Plans(ctx context.Context, p binpack.Problem) iter.Seq2[binpack.Plan, error] {
	ctx = prompt(ctx)
	return func(yield func(binpack.Plan, error) bool) {
		if s.Risk != (Risk{}) {
			yield(s.withinRisk(ctx, p))
			return
		}
		r, err := s.begin(ctx, &p)
		if err != nil {
			yield(binpack.Plan{}, err)
			return
		}
		for more := true; more; more = r.improve() {
			plan, err := s.withAlternatives(ctx, p, r.plan())
			if !yield(plan, err) || err != nil {
				return
			}
		}
		if err := r.primal.Fault(); err != nil {
			yield(binpack.Plan{}, err)
		}
	}
}

// begin validates, compiles, makes the first plan, and proves a first bound.
func (s Solver) begin(ctx context.Context, p *binpack.Problem) (*run, error) {
	for path, price := range map[string]catalog.Price{"Solver.PreferencePrice": s.PreferencePrice, "Solver.NodeCharge": s.NodeCharge} {
		if price < 0 || price > maxCharge {
			return nil, &binpack.InvalidError{Path: path, Err: fmt.Errorf("%d is not between 0 and %d", price, maxCharge)}
		}
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	reading, err := compile.Read(ctx, p)
	if err != nil {
		return nil, err
	}
	first, err := s.firstPlan(ctx, reading)
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, solver: s, attempt: first}
	if err := r.prepareProof(); err != nil {
		return nil, err
	}
	return r, r.primal.Fault()
}

// withAlternatives returns the plan with as many alternatives as s asks for.
func (s Solver) withAlternatives(ctx context.Context, p binpack.Problem, plan binpack.Plan) (binpack.Plan, error) {
	if s.Alternatives <= 0 {
		return plan, nil
	}
	all, err := verify.Alternatives(ctx, p, plan, s.Alternatives)
	if err != nil && ctx.Err() == nil {
		return binpack.Plan{}, err
	}
	for i, alternatives := range all {
		plan.Launches[i].Alternatives = alternatives
	}
	return plan, nil
}
