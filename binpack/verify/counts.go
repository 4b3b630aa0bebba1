package verify

import (
	"context"
	"fmt"
	"math"
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
)

// checkCounts checks that each pod is placed or left just as often as it is asked
// for. Where all nodes and all pods can be counted, so can those of every domain and
// offering.
func checkCounts(ctx context.Context, l *layout, found *report) {
	for i, u := range l.plan.Unschedulable {
		checkCount(l.problem, fmt.Sprintf("Unschedulable[%d]", i), u.Pod, u.Count, found)
	}
	checkPod := func(pod *corev1.Pod, wanted int64) {
		have := arith.Add(l.placed[pod], l.left[pod])
		switch {
		case have < wanted:
			found.add("", pod, Unplaced, binpack.Detail{Rule: fmt.Sprintf("%d of %d", have, wanted)})
		case have > wanted:
			found.add("", pod, Doubled, binpack.Detail{Rule: fmt.Sprintf("%d of %d", have, wanted)})
		}
	}
	for _, pod := range l.problem.Given.Pods {
		if ctx.Err() != nil {
			return
		}
		checkPod(pod, 1)
	}
	for _, w := range l.problem.Given.Workloads {
		checkPod(w.Pod, int64(w.Replicas))
	}
	if l.pods == math.MaxInt64 || l.nodes == math.MaxInt64 {
		found.add("", nil, BadCount, binpack.Detail{Rule: "more nodes or pods than can be counted"})
	}
}

// checkCost checks that the cost is the sum of the prices.
func checkCost(_ context.Context, l *layout, found *report) {
	sum := new(big.Int)
	for i := range l.plan.Launches {
		launch := &l.plan.Launches[i]
		sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(launch.Price)), big.NewInt(int64(launch.Nodes()))))
	}
	if sum.Cmp(big.NewInt(int64(l.plan.Cost))) != 0 {
		found.add("", nil, WrongCost, binpack.Detail{Rule: fmt.Sprintf("%d, not %v", l.plan.Cost, sum)})
	}
	if _, err := nodeCharge(*l.plan); err != nil {
		found.add("", nil, WrongCost, binpack.Detail{Rule: err.Error()})
	}
}

// nodeCharge returns the charge of each node that the plan launches.
func nodeCharge(plan binpack.Plan) (int64, error) {
	nodes := int64(0)
	for i := range plan.Launches {
		nodes = arith.Add(nodes, int64(plan.Launches[i].Nodes()))
	}
	switch {
	case plan.Charge == 0:
		return 0, nil
	case plan.Charge < 0 || nodes == 0 || int64(plan.Charge)%nodes != 0:
		return 0, fmt.Errorf("a Charge of %d cannot be that of %d nodes", plan.Charge, nodes)
	}
	return int64(plan.Charge) / nodes, nil
}
