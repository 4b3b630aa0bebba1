package launch

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// No node that was bought stays empty while a pod waits that may go there.

// emptyNodes returns which of the launched nodes hold no pod.
func (c *cluster) emptyNodes() []int {
	var out []int
	for i := range c.launched {
		if len(c.launched[i].Launch.Pods) == 0 {
			out = append(out, i)
		}
	}
	return out
}

// fillEmpty puts pods that wait on what there is, as far as all pods keep their rules:
// first as a plan for them has it, then one by one on the nodes that stay empty.
func (x *run) fillEmpty(ctx context.Context) {
	if len(x.cluster.emptyNodes()) == 0 || noneReady(waiting(x.rest())) {
		return
	}
	nodes, nominations := x.cluster.snapshot()
	x.fill(context.WithoutCancel(ctx), x.rest())
	if len(x.broken(ctx)) > 0 {
		x.cluster.launched, x.cluster.nominations = nodes, nominations
	}
	for _, i := range x.cluster.emptyNodes() {
		for _, pod := range readyPods(x.cluster.problem, waiting(x.rest())) {
			for placed := true; placed; {
				placed, _ = x.tryOn(ctx, i, pod)
			}
		}
	}
}

// snapshot returns what the nodes hold.
func (c *cluster) snapshot() ([]Launched, [][]binpack.Placement) {
	return slices.Clone(c.launched), slices.Clone(c.nominations)
}

// maxTried is how many kinds of waiting pods are tried one by one.
const maxTried = 100

// readyPods returns the first of the pods that wait, in the Problem's order.
func readyPods(p binpack.Problem, left map[*corev1.Pod]int) []*corev1.Pod {
	var out []*corev1.Pod
	add := func(pod *corev1.Pod) {
		if left[pod] > 0 && ready(pod) && len(out) < maxTried {
			out = append(out, pod)
		}
	}
	for _, pod := range p.Pods {
		add(pod)
	}
	for _, w := range p.Workloads {
		add(w.Pod)
	}
	return out
}

// tryOn puts one more pod on a launched node, if it waits and all pods keep their rules
// with it there; else it returns the rules that would be broken.
func (x *run) tryOn(ctx context.Context, node int, pod *corev1.Pod) (placed bool, broken []*verify.Violation) {
	if waiting(x.rest())[pod] <= 0 {
		return false, nil
	}
	on := &x.cluster.launched[node].Launch.Pods
	before := *on
	*on = with(before, pod)
	if broken = x.broken(ctx); len(broken) > 0 {
		*on = before
		return false, broken
	}
	return true, nil
}

// with returns the placements with one more of a pod.
func with(pods []binpack.Placement, pod *corev1.Pod) []binpack.Placement {
	pods = slices.Clone(pods)
	for i := range pods {
		if pods[i].Pod == pod {
			pods[i].Count++
			return pods
		}
	}
	return append(pods, binpack.Placement{Pod: pod, Count: 1})
}

// empty returns the launched nodes that hold no pod, with why.
func (x *run) empty(ctx context.Context) []EmptyNode {
	var out []EmptyNode
	pods := readyPods(x.cluster.problem, waiting(x.rest()))
	for _, i := range x.cluster.emptyNodes() {
		e := EmptyNode{Node: i}
		if len(pods) > 0 {
			e.Why = keptOff(ctx, x, i, pods[0])
		}
		out = append(out, e)
	}
	return out
}

// keptOff says why a pod may not go to a launched node.
func keptOff(ctx context.Context, x *run, node int, pod *corev1.Pod) binpack.NodeReason {
	why := binpack.NodeReason{Looked: 1, Reason: binpack.NotLaunched, Detail: binpack.Detail{Rule: "with it there a pod would break a rule"}}
	rest := x.rest()
	at := len(x.cluster.nominations) + node
	alone := rest
	alone.Pods, alone.Workloads, alone.Pools = nil, []binpack.Workload{{Pod: pod, Replicas: 1}}, []binpack.Pool{}
	alone.Existing = rest.Existing[at : at+1]
	if plan, err := (solver.Solver{Work: 1}).Solve(context.WithoutCancel(ctx), alone); err == nil && len(plan.Unschedulable) > 0 && plan.Unschedulable[0].Existing != nil {
		return *plan.Unschedulable[0].Existing
	}
	if _, broken := x.tryOn(ctx, node, pod); len(broken) > 0 {
		why.Reason, why.Detail = broken[0].Reason, broken[0].Detail
	}
	return why
}
