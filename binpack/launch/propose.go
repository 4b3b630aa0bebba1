package launch

import (
	"context"
	"sort"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// propose asks the fallbacks in turn, and queues what they want as far as it is
// allowed. What was queued before stays queued, if they leave its pods.
func (x *run) propose(ctx context.Context, rest binpack.Problem, failed []Failed) {
	x.dear = false
	before := x.cluster.queue
	x.cluster.queue = nil
	step := Step{Round: x.out.Rounds, Failed: failed}
	for _, f := range failed {
		step.Extra -= costOf([]binpack.Launch{f.Launch})
	}
	for _, f := range x.Fallbacks {
		if none(waiting(rest)) || ctx.Err() != nil {
			break
		}
		wanted, err := proposal(ctx, f, rest, failed)
		if err != nil {
			continue
		}
		if x.waits == 0 || wanted.RetryAfter > 0 && wanted.RetryAfter < x.waits {
			x.waits = wanted.RetryAfter
		}
		accepted := x.accept(rest, wanted)
		x.cluster.nominate(rest, accepted.Nominations)
		x.cluster.queue = append(x.cluster.queue, accepted.Launches...)
		rest = rest.After(accepted)
	}
	accepted := x.accept(rest, Proposal{Launches: before})
	x.cluster.queue = append(x.cluster.queue, accepted.Launches...)
	x.redeal(ctx)
	step.Instead = x.cluster.queue
	step.Extra += costOf(x.cluster.queue) - costOf(before)
	if len(failed) > 0 || len(step.Instead) > 0 {
		x.out.Steps = append(x.out.Steps, step)
	}
}

// proposal asks a fallback; one that panics has nothing to say.
func proposal(ctx context.Context, f Fallback, rest binpack.Problem, failed []Failed) (wanted Proposal, err error) {
	defer func() {
		if recover() != nil {
			wanted = Proposal{}
		}
	}()
	wanted, err = f.Propose(ctx, rest, copiesOfFailed(failed))
	return copyOfProposal(wanted), err
}

// accept returns what of a proposal can be done: its pods wait, its offerings can
// be launched, its nodes are there, and it is not too dear.
func (x *run) accept(rest binpack.Problem, wanted Proposal) binpack.Plan {
	left := waiting(rest)
	launched := map[catalog.Key]int{}
	cost := x.out.Cost
	for _, r := range x.cluster.again {
		cost += costOf(r.Launches)
	}
	cost += costOf(x.cluster.queue)
	var plan binpack.Plan
	for _, l := range wanted.Launches {
		price, known := x.prices[l.Pool][l.Offering]
		if !known || len(l.Pods) == 0 {
			continue
		}
		possible := min(l.Nodes(), rest.Availability.Available(l.Offering)-launched[l.Offering], holding(left, l.Pods))
		n := x.affordable(cost, price, possible)
		x.dear = x.dear || n < possible
		if n <= 0 {
			continue
		}
		l.Price, l.Count = price, n
		take(left, l.Pods, n)
		launched[l.Offering] += n
		cost += price * catalog.Price(n)
		plan.Launches = append(plan.Launches, l)
	}
	at := nodesOf(rest)
	for _, n := range wanted.Nominations {
		if i, known := at[n.Node]; known && x.cluster.mayNominate(i) && take(left, n.Pods, 1) {
			plan.Nominations = append(plan.Nominations, n)
		}
	}
	return plan
}

// affordable returns how many of n nodes may be launched at a price each, when all others
// cost so much.
func (x *run) affordable(cost, price catalog.Price, n int) int {
	if x.ExtraCost <= 0 {
		return n
	}
	most := float64(float64(x.out.Planned) * (1 + x.ExtraCost))
	return sort.Search(max(n, 0), func(i int) bool { return float64(cost+price*catalog.Price(i+1)) > most })
}

// fill puts pods that wait on nodes that nobody asked for, and returns what is
// left.
func (x *run) fill(ctx context.Context, rest binpack.Problem) binpack.Problem {
	nothing := rest
	nothing.Availability = Only{}
	plan, err := x.Solver.Solve(ctx, nothing)
	if err != nil {
		return rest
	}
	plan.Launches = nil
	accepted := x.accept(rest, Proposal{Nominations: plan.Nominations})
	x.cluster.nominate(rest, accepted.Nominations)
	return rest.After(accepted)
}
