package verify_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// Plan checks a plan from the API objects, Bound its lower bound from
// the certificate.
func ExamplePlan() {
	p := problemtest.Workshop(15)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verify.Plan(context.Background(), p, plan))
	fmt.Println(verify.Bound(context.Background(), p, plan))
	plan.Launches[0].Pods[0].Count = 4
	fmt.Println(verify.Plan(context.Background(), p, plan))
	// Output:
	// <nil>
	// <nil>
	// Launches[0]: InsufficientResources: memory: asked 4Gi, there is 3114Mi
	// plan: Doubled: pod /inflate: 18 of 15
}

func ExampleBound() {
	p := problemtest.Workshop(15)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan.LowerBound += catalog.USD / 1000
	fmt.Println(errors.Is(verify.Bound(context.Background(), p, plan), verify.ErrNotProven))
	// Output:
	// true
}
