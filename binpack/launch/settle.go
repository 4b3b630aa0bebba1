package launch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// settle makes sure that the pods keep their rules where they are. While all goes
// as planned they do. Where some pods got no node, others may not have the company
// or the balance that they need: then all pods are placed anew on the nodes that
// there are, and what still breaks a rule is left over.
func (x *run) settle(ctx context.Context) {
	x.cluster.again, x.cluster.queue = nil, nil
	x.applyLate()
	if len(x.out.Steps) == 0 && none(waiting(x.rest())) {
		return
	}
	if len(x.broken(ctx)) > 0 {
		x.placeAnew(ctx)
		for left := true; left; {
			left = false
			for _, v := range x.broken(ctx) {
				left = x.cluster.leave(v) || left
			}
		}
	}
	x.fillEmpty(ctx)
}

// broken returns the rules of pods that what there is breaks, where nothing more comes:
// the nodes that there are make the domains. What rules of pools, limits and prices say of
// launches was asked before they were made.
func (x *run) broken(ctx context.Context) []*verify.Violation {
	plan := x.cluster.done()
	for pod, n := range waiting(x.cluster.problem.After(plan)) {
		if n > 0 {
			plan.Unschedulable = append(plan.Unschedulable, binpack.Unschedulable{Pod: pod, Count: n})
		}
	}
	problem := x.cluster.problem
	problem.Availability = Only{}
	err := verify.Plan(context.WithoutCancel(ctx), problem, plan)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var out []*verify.Violation
	for _, err := range joined.Unwrap() {
		var v *verify.Violation
		if errors.As(err, &v) && ofPods(v.Reason) {
			out = append(out, v)
		}
	}
	return out
}

// ofPods reports whether a reason is a rule of pods.
func ofPods(r binpack.Reason) bool {
	return slices.Contains([]binpack.Reason{
		binpack.InsufficientResources, binpack.NodeAffinity, binpack.UntoleratedTaint, binpack.HostPort, binpack.PodAffinity,
		binpack.PodAntiAffinity, binpack.TopologySpread, binpack.VolumeZone, binpack.ClaimInUse, binpack.Gang,
		binpack.Unsupported, binpack.Invalid, binpack.SchedulingGated, binpack.NotPending,
	}, r)
}

// placeAnew places all pods on the nodes that there are.
func (x *run) placeAnew(ctx context.Context) {
	x.cluster.clearPods()
	all := x.cluster.problem.After(x.cluster.done())
	all.Availability = Only{}
	plan, err := x.Solver.Solve(context.WithoutCancel(ctx), all)
	if err == nil {
		x.cluster.nominate(all, plan.Nominations)
	}
}

// outcome says how it ended.
func (x *run) outcome(ctx context.Context) Outcome {
	x.out.Launched = x.cluster.launched
	for i, pods := range x.cluster.nominations {
		if len(pods) > 0 {
			x.out.Nominations = append(x.out.Nominations, binpack.Nomination{Node: x.cluster.problem.Existing[i].Node, Pods: pods})
		}
	}
	for _, l := range x.late {
		x.out.Unanswered = append(x.out.Unanswered, l.Request)
	}
	slices.SortFunc(x.out.Unanswered, func(a, b Request) int { return strings.Compare(a.Token, b.Token) })
	rest := x.rest()
	left := waiting(rest)
	x.out.Empty = x.empty(ctx)
	if none(left) {
		x.out.Ended = AllPlaced
		return x.out
	}
	switch {
	case noneReady(left):
		x.out.Ended = AllPlaced
	case x.out.Ended == AllPlaced:
		x.out.Ended = NothingLeft // some were left over to keep the rules
	case x.out.Ended == NothingLeft && len(x.stopped) > 0 && !x.curable:
		x.out.Ended = Stopped // all that there was to try said so
	}
	x.out.Unplaced = x.explain(ctx, rest, left)
	switch x.out.Ended {
	case Stopped:
		x.out.Code = x.code
	case AllPlaced:
	default:
		x.out.RetryAfter = x.retryAfter()
	}
	return x.out
}

// explain says why pods are left over: what a plan for them alone would say, or else
// how the run ended.
func (x *run) explain(ctx context.Context, rest binpack.Problem, left map[*corev1.Pod]int) []binpack.Unschedulable {
	reasons := map[*corev1.Pod][]binpack.PoolReason{}
	if plan, err := (solver.Solver{Work: 1}).Solve(context.WithoutCancel(ctx), rest); err == nil {
		for _, u := range plan.Unschedulable {
			reasons[u.Pod] = u.Reasons
		}
	}
	var out []binpack.Unschedulable
	add := func(pod *corev1.Pod) {
		n := left[pod]
		if n == 0 {
			return
		}
		why := reasons[pod]
		if why == nil {
			why = x.notLaunched()
		}
		out = append(out, binpack.Unschedulable{Pod: pod, Count: n, Reasons: why})
	}
	for _, pod := range x.cluster.problem.Pods {
		add(pod)
	}
	for _, w := range x.cluster.problem.Workloads {
		add(w.Pod)
	}
	return out
}

// notLaunched returns the reasons of pods that could be placed.
func (x *run) notLaunched() []binpack.PoolReason {
	pools := x.cluster.problem.Pools
	if pools == nil {
		pools = []binpack.Pool{{}}
	}
	var why []binpack.PoolReason
	for _, p := range pools {
		why = append(why, binpack.PoolReason{Pool: p.Name, Reason: binpack.NotLaunched, Detail: binpack.Detail{Rule: string(x.out.Ended)}})
	}
	return why
}

// retryAfter returns when the first pause ends of what is not available now, or what
// a fallback said if that is sooner.
func (x *run) retryAfter() time.Duration {
	now, first := x.Unavailable.now(), x.waits
	for _, offered := range x.prices {
		for k := range offered {
			if until := x.Unavailable.Until(k); until.After(now) && (first == 0 || until.Sub(now) < first) {
				first = until.Sub(now)
			}
		}
	}
	return first
}
