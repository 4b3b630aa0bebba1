package binpack_test

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

func ExampleProblem_Validate() {
	p := problemtest.Workshop(-1)
	p.Pools = append(p.Pools, p.Pools[0])
	err := p.Validate()
	fmt.Println(err)
	var invalid *binpack.InvalidError
	fmt.Println(errors.As(err, &invalid), invalid.Path)
	// Output:
	// Workloads[0].Replicas: -1 is negative
	// Pools[1].Name: "default" is the name of another one too
	// true Workloads[0].Replicas
}

func ExampleProblem_Node() {
	p := problemtest.Workshop(5)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	node := p.Node(plan.Launches[0])
	fmt.Println(node.Labels[corev1.LabelInstanceTypeStable], node.Labels["type"])
	fmt.Println(node.Status.Allocatable.Cpu(), node.Status.Allocatable.Memory(), node.Status.Allocatable.Pods())
	// Output:
	// m5.large karpenter
	// 1930m 6903Mi 29
}

// soldOut says that one instance type cannot be had anywhere.
type soldOut string

func (s soldOut) Available(k catalog.Key) int {
	if k.InstanceType == string(s) {
		return 0
	}
	return binpack.Unlimited
}

func ExampleAvailability() {
	p := problemtest.Workshop(5)
	p.Availability = soldOut("m5.large")
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.InstanceType, plan.Cost, plan.Status)
	// Output:
	// r5.large 0.126 optimal
}

// Values are shadow prices: what room for one more pod costs at the margin.
func ExamplePlan_Values() {
	p := problemtest.Workshop(50)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Values(p).Workloads[0])
	// Output: 0.01008
}
