package verify

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkLaunches checks each launch by itself: that its pool may launch it at its
// price, and that it admits each of its pods and holds them together.
func checkLaunches(ctx context.Context, l *layout, found *report) {
	good := map[*nodeGroup]bool{}
	for i := range l.plan.Launches {
		if ctx.Err() != nil {
			return
		}
		launch, group, where := &l.plan.Launches[i], l.ofLaunch[i], launchName(i)
		checkPlacements(l.problem, where, launch.Pods, found)
		if launch.Count < 0 {
			found.add(where, nil, BadCount, binpack.Detail{Rule: fmt.Sprintf("%d nodes", launch.Count)})
		}
		if launch.Count >= 0 && !slices.ContainsFunc(launch.Pods, func(p binpack.Placement) bool { return p.Count > 0 }) {
			found.add(where, nil, EmptyLaunch, binpack.Detail{Rule: "no pod is on it"})
		}
		if group == nil {
			found.add(where, nil, IllegalLaunch, binpack.Detail{Rule: fmt.Sprintf("pool %q has no offering %v", launch.Pool, launch.Offering)})
			continue
		}
		if t := group.template; t.Barred != "" {
			found.add(where, nil, IllegalLaunch, binpack.Detail{Rule: t.Barred})
		}
		if price := group.template.Price; launch.Price != price {
			found.add(where, nil, WrongPrice, binpack.Detail{Rule: fmt.Sprintf("%d, not %d", launch.Price, price)})
		}
		if len(group.template.Machine.Choices) > 0 {
			checkLeftOpen(l.problem, where, launch, group.loads, found)
		}
		if !good[group] { // launches that hold as a good one does are not checked again
			good[group] = checkNode(l.problem, where, group.template, loadsOf(l.problem.Kinds, launch.Pods), found)
		}
	}
}

// checkNominations checks each nomination by itself, as launches are.
func checkNominations(ctx context.Context, l *layout, found *report) {
	for i := range l.plan.Nominations {
		if ctx.Err() != nil {
			return
		}
		n, group, where := &l.plan.Nominations[i], l.ofNomination[i], fmt.Sprintf("Nominations[%d]", i)
		t := l.problem.Existing.Of[n.Node]
		if t != nil {
			where = n.Node.Name
		}
		checkPlacements(l.problem, where, n.Pods, found)
		switch {
		case t == nil:
			found.add(where, nil, IllegalNomination, binpack.Detail{Rule: "the problem has no such node"})
			continue
		case group == nil:
			found.add(where, nil, IllegalNomination, binpack.Detail{Rule: "the node has another nomination"})
			continue
		case t.Barred != "":
			found.add(where, nil, IllegalNomination, binpack.Detail{Rule: t.Barred})
		}
		checkNode(l.problem, where, t, group.loads, found)
	}
}

// checkPlacements checks that the pods of a node are the problem's, and that there
// is at least one of each.
func checkPlacements(p *reading.Problem, where string, on []binpack.Placement, found *report) {
	for _, placement := range on {
		checkCount(p, where, placement.Pod, placement.Count, found)
	}
}

func checkCount(p *reading.Problem, where string, pod *corev1.Pod, n int, found *report) {
	switch {
	case p.Kinds.Of[pod] == nil:
		found.add(where, pod, ForeignPod, binpack.Detail{})
	case n <= 0:
		found.add(where, pod, BadCount, binpack.Detail{Rule: fmt.Sprint(n)})
	}
}

// checkNode checks that a node admits each of its pods and holds them together.
// True: it does.
func checkNode(p *reading.Problem, where string, t *reading.NodeTemplate, loads []reading.Load, found *report) bool {
	before := len(found.violations)
	sum := t.Asked(loads)
	for _, load := range loads {
		checkPods(p, where, t, load, found)
	}
	if name := naive.Lacks(t.Allocatable, sum); name != "" {
		found.add(where, nil, binpack.InsufficientResources, describe.Short(name, sum[name], t.Allocatable[name], t.Key))
	}
	checkLimits(p, where, t, loads, found)
	return len(found.violations) == before
}

// checkPods checks the rules of pods about their node, and about the residents.
func checkPods(p *reading.Problem, where string, t *reading.NodeTemplate, load reading.Load, found *report) {
	refusal := load.Kind.Withheld
	if refusal == nil && !t.Takes(load.Kind) {
		refusal = load.Kind.Refusal(t.Node)
	}
	found.refused(where, load.Pod, refusal)
	for _, r := range p.Existing.Refusals(load.Kind, t) {
		found.refused(where, load.Pod, r)
	}
	if port, clash := naive.Clash(t.Ports, load.Kind.Rules.Ports); clash {
		owner := "a daemon pod's"
		if t.Exists() {
			owner = "a pod's that is there"
		}
		found.refused(where, load.Pod, &naive.Refusal{Code: naive.HostPort, Path: port.Path, Rule: port.String() + ", " + owner})
	}
}

// checkLimits checks that the node holds no more pods than the rules of each allow
// beside it, residents counted.
func checkLimits(p *reading.Problem, where string, t *reading.NodeTemplate, loads []reading.Load, found *report) {
	if p.Rules.Limits.Len() == 0 {
		return
	}
	counted := map[int]int64{} // pods that each limit selects
	for _, load := range slices.Concat(t.Residents, loads) {
		for _, limit := range load.Kind.Rules.SelectedBy.Limits {
			counted[limit] = arith.Add(counted[limit], load.Count)
		}
	}
	for _, load := range loads {
		for _, limit := range load.Kind.Rules.Limits {
			if n := counted[limit.Number]; n > limit.Rule.Most {
				rule := fmt.Sprintf("%s: %d, most is %d", limit.Rule.Rule, n, limit.Rule.Most)
				found.refused(where, load.Pod, &naive.Refusal{Code: limit.Rule.Code, Path: limit.Rule.Path, Rule: rule})
			}
		}
	}
}
