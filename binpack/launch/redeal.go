package launch

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
)

// redeal plans all pods anew where a Replan is among the fallbacks: no pod is bound
// yet, so those on nodes that were launched may go elsewhere, if then less need be
// launched than is queued.
func (x *run) redeal(ctx context.Context) {
	replan, is := x.replan()
	if !is || len(x.out.Launched) == 0 || len(x.queue) == 0 || len(x.again) > 0 {
		return
	}
	queued := binpack.Plan{Launches: x.queue}
	left := count(waiting(x.rest().After(queued)))
	all := x.problem.After(binpack.Plan{Launches: x.nodes()})
	all.Availability = All(all.Availability, x.Unavailable)
	replan.Solver.Start = x.start(all)
	plan, err := replan.solve(ctx, all)
	if err != nil || plan.Cost >= costOf(x.queue) {
		return
	}
	for _, u := range plan.Unschedulable {
		left -= u.Count
	}
	if left < 0 {
		return
	}
	x.clearPods()
	x.queue = nil
	x.nominate(all, plan.Nominations)
	x.queue = plan.Launches
}

// start returns what there is and what is queued as a plan of all pods.
func (x *run) start(all binpack.Problem) *binpack.Plan {
	plan := binpack.Plan{Launches: x.queue}
	for i, e := range all.Existing {
		if pods := *x.podsOn(i); len(pods) > 0 {
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: e.Node, Pods: pods})
		}
	}
	return &plan
}

// replan returns the first Replan among the fallbacks.
func (x *run) replan() (Replan, bool) {
	for _, f := range x.Fallbacks {
		if r, is := f.(Replan); is {
			return r, true
		}
	}
	return Replan{}, false
}

// nodes returns the launched nodes, without pods.
func (x *run) nodes() []binpack.Launch {
	var out []binpack.Launch
	for _, l := range x.out.Launched {
		l.Launch.Pods = nil
		out = append(out, l.Launch)
	}
	return out
}

// clearPods takes all pods off their nodes.
func (x *run) clearPods() {
	for i := range x.out.Launched {
		x.out.Launched[i].Launch.Pods = nil
	}
	clear(x.nominations)
}

func count(left map[*corev1.Pod]int) int {
	n := 0
	for _, c := range left {
		n += c
	}
	return n
}
