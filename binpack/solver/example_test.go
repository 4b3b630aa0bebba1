package solver_test

import (
	"context"
	"fmt"

	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
)

func ExampleSolve() {
	plan, err := solver.Solve(context.Background(), problemtest.Workshop(15))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range plan.Launches {
		fmt.Println(l.Nodes(), "×", l.Pool, l.Offering.InstanceType, l.Offering.Zone, l.Price, "holds", l.Pods[0].Count)
	}
	fmt.Println(plan.Cost, "USD per hour,", plan.Status)
	// Output:
	// 1 × default c5.large us-west-2a 0.085 holds 1
	// 1 × default r5.large us-west-2a 0.126 holds 14
	// 0.211 USD per hour, optimal
}

// Pods that cannot be placed are data, not an error.
func ExampleSolve_unschedulable() {
	p := problemtest.Workshop(1)
	p.Pools[0].Labels = nil
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, u := range plan.Unschedulable {
		fmt.Println(u.Count, u.Pod.Name, u.Reasons)
	}
	// Output:
	// 1 inflate [default: NodeAffinity (spec.nodeSelector: type=karpenter, but no new node is known to have the label type; fits c5.large in us-west-2a with Pools[0].labels[type]: karpenter)]
}

// Settings are fields; the zero Solver is ready.
func ExampleSolver_Solve() {
	plan, err := solver.Solver{Gap: 0.05}.Solve(context.Background(), problemtest.Workshop(200))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, at least %s, gap %.0f %%\n", plan.Cost, plan.LowerBound, 100*plan.Gap())
	// Output:
	// 1.86, at least 1.86, gap 0 %
}

// The first plan is there in milliseconds; whoever wants more goes on.
func ExampleSolver_Plans() {
	for plan, err := range (solver.Solver{}).Plans(context.Background(), problemtest.Workshop(50)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(plan.Cost, plan.Status)
		if plan.Gap() < 0.1 {
			break
		}
	}
	// Output:
	// 0.504 optimal
}
