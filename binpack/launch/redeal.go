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
	if !is || len(x.cluster.launched) == 0 || len(x.cluster.queue) == 0 || len(x.cluster.again) > 0 {
		return
	}
	queued := binpack.Plan{Launches: x.cluster.queue}
	left := count(waiting(x.rest().After(queued)))
	all := x.cluster.problem.After(binpack.Plan{Launches: x.cluster.nodes()})
	all.Availability = All(all.Availability, x.Unavailable)
	replan.Solver.Start = x.cluster.start(all)
	plan, err := replan.solve(ctx, all)
	if err != nil || plan.Cost >= costOf(x.cluster.queue) {
		return
	}
	for _, u := range plan.Unschedulable {
		left -= u.Count
	}
	if left < 0 {
		return
	}
	x.cluster.clearPods()
	x.cluster.queue = nil
	x.cluster.nominate(all, plan.Nominations)
	x.cluster.queue = plan.Launches
}

func count(left map[*corev1.Pod]int) int {
	n := 0
	for _, c := range left {
		n += c
	}
	return n
}
