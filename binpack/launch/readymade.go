package launch

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// Replan plans the pods that wait anew, with the nodes that exist by now and what is
// still available, starting from the launches that failed. Where alternatives that the
// failed launches state do as well, they are taken. A Runner that has a Replan also
// places pods anew that are on launched nodes already, where less need be launched then.
type Replan struct {
	Solver solver.Solver
	Most   time.Duration // that a search takes; 0: as long as its work lasts, see Solver.Start
}

func (f Replan) solve(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
	if f.Most > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.Most)
		defer cancel()
	}
	return f.Solver.Solve(ctx, p)
}

// Propose returns the plan, or the alternatives.
func (f Replan) Propose(ctx context.Context, rest binpack.Problem, failed []Failed) (Proposal, error) {
	if f.Solver.Start == nil && len(failed) > 0 {
		var launches []binpack.Launch
		for _, l := range failed {
			launches = append(launches, l.Launch)
		}
		f.Solver.Start = &binpack.Plan{Launches: startOf(rest, launches)}
	}
	plan, err := f.solve(ctx, rest)
	if err != nil {
		return Proposal{}, err
	}
	if slices.ContainsFunc(failed, func(f Failed) bool { return len(f.Launch.Alternatives) > 0 }) {
		same, err := Alternatives{}.Propose(ctx, rest, failed)
		if err == nil && costOf(same.Launches) <= plan.Cost && podsOf(same) >= podsOf(Proposal{Launches: plan.Launches, Nominations: plan.Nominations}) {
			return same, nil
		}
	}
	return Proposal{Launches: plan.Launches, Nominations: plan.Nominations}, nil
}

func podsOf(p Proposal) int {
	n := 0
	for _, l := range p.Launches {
		for _, on := range l.Pods {
			n += on.Count * l.Nodes()
		}
	}
	for _, l := range p.Nominations {
		for _, on := range l.Pods {
			n += on.Count
		}
	}
	return n
}

// Alternatives launches the same pods on the next offering that holds them: one of
// the alternatives that the launch states, or of those that there are now where it
// states none.
type Alternatives struct{}

// maxAlternatives is how many are looked for where a launch states none.
const maxAlternatives = 8

// Propose returns the cheapest alternatives that keep all rules together.
func (f Alternatives) Propose(ctx context.Context, rest binpack.Problem, failed []Failed) (Proposal, error) {
	x := instead{ctx: ctx, rest: rest, left: waiting(rest), launched: map[catalog.Key]int{}}
	for _, failure := range failed {
		l := failure.Launch
		n := min(l.Nodes(), holding(x.left, l.Pods))
		if n == 0 {
			continue
		}
		choice := l.Alternatives
		if len(choice) == 0 {
			choice = alternativesNow(ctx, rest, l)
		}
		for more := 1; n > 0 && more > 0; n -= more {
			more = x.add(l, choice, n)
		}
	}
	return Proposal{Launches: x.plan.Launches}, nil
}

// An instead is a choice of alternatives so far.
type instead struct {
	ctx      context.Context
	rest     binpack.Problem
	left     map[*corev1.Pod]int
	plan     binpack.Plan
	launched map[catalog.Key]int
}

// add adds nodes on the first alternative to l that is possible, at most n, and returns
// how many: all of them, or half as many as often as needed to keep the rules.
func (x *instead) add(l binpack.Launch, choice []binpack.Alternative, n int) int {
	for i, a := range choice {
		on := l.On(a)
		on.Alternatives = choice[i+1:]
		for on.Count = min(n, x.rest.Availability.Available(a.Offering)-x.launched[a.Offering]); on.Count > 0; on.Count /= 2 {
			with := x.plan
			with.Launches = append(slices.Clone(x.plan.Launches), on)
			with.Cost += costOf([]binpack.Launch{on})
			if !keepsRules(x.ctx, x.rest, with) {
				continue
			}
			x.plan = with
			x.launched[a.Offering] += on.Count
			take(x.left, l.Pods, on.Count)
			return on.Count
		}
	}
	return 0
}

// alternativesNow returns the alternatives of a launch as if it were possible.
func alternativesNow(ctx context.Context, rest binpack.Problem, l binpack.Launch) []binpack.Alternative {
	l.Count = 1
	plan := binpack.Plan{Launches: []binpack.Launch{l}, Cost: l.Price}
	available := rest.Availability
	rest.Availability = Func(func(k catalog.Key) int {
		if k == l.Offering {
			return 1
		}
		return available.Available(k)
	})
	alternatives, err := verify.Alternatives(ctx, rest, plan, maxAlternatives)
	if err != nil {
		return nil
	}
	return alternatives[0]
}

// keepsRules reports whether a plan for some of the pods of p keeps all rules.
func keepsRules(ctx context.Context, p binpack.Problem, plan binpack.Plan) bool {
	left := waiting(p)
	for _, l := range plan.Launches {
		take(left, l.Pods, l.Nodes())
	}
	for pod, n := range left {
		if n > 0 {
			plan.Unschedulable = append(plan.Unschedulable, binpack.Unschedulable{Pod: pod, Count: n})
		}
	}
	return verify.Plan(ctx, p, plan) == nil
}

// Wait leaves all pods pending, to be tried again after a time. It is for the end
// of a list, or for what is worth waiting for.
type Wait struct{ For time.Duration }

// Propose proposes to wait.
func (f Wait) Propose(context.Context, binpack.Problem, []Failed) (Proposal, error) {
	return Proposal{RetryAfter: f.For}, nil
}

// OtherPool plans the pods that wait for the pools that it names alone: they may be
// of less weight than one that could still launch.
type OtherPool struct {
	Names  []string
	Solver solver.Solver
}

// Propose returns a plan with the pools.
func (f OtherPool) Propose(ctx context.Context, rest binpack.Problem, _ []Failed) (Proposal, error) {
	rest.Pools = slices.DeleteFunc(slices.Clone(rest.Pools), func(p binpack.Pool) bool { return !slices.Contains(f.Names, p.Name) })
	if len(rest.Pools) == 0 {
		return Proposal{}, nil
	}
	plan, err := f.Solver.Solve(ctx, rest)
	return Proposal{Launches: plan.Launches, Nominations: plan.Nominations}, err
}

// SpotToOnDemand plans without Spot Instances as soon as launches for one of the pods
// have failed in After rounds, the last time as Spot.
type SpotToOnDemand struct {
	After  int // rounds; 0: one
	Solver solver.Solver
}

// Propose returns a plan without Spot Instances, of the pods of the launches that
// failed often enough.
func (f SpotToOnDemand) Propose(ctx context.Context, rest binpack.Problem, failed []Failed) (Proposal, error) {
	enough := map[*corev1.Pod]int{}
	for _, failure := range failed {
		if failure.Tries >= max(f.After, 1) && failure.Launch.Offering.CapacityType == catalog.Spot {
			for _, on := range failure.Launch.Pods {
				enough[on.Pod] += on.Count * failure.Launch.Nodes()
			}
		}
	}
	if len(enough) == 0 {
		return Proposal{}, nil
	}
	rest.Pods = slices.DeleteFunc(slices.Clone(rest.Pods), func(pod *corev1.Pod) bool { return enough[pod] == 0 })
	rest.Workloads = slices.Clone(rest.Workloads)
	for i := range rest.Workloads {
		w := &rest.Workloads[i]
		w.Replicas = min(w.Replicas, enough[w.Pod])
	}
	rest.Availability = All(rest.Availability, Without{{CapacityType: catalog.Spot}})
	plan, err := f.Solver.Solve(ctx, rest)
	return Proposal{Launches: plan.Launches, Nominations: plan.Nominations}, err
}
