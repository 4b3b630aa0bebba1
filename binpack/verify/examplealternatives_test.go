package verify_test

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// shop returns a problem of five pods and its plan.
func shop() (binpack.Problem, binpack.Plan) {
	p := problemtest.Workshop(5)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		panic(err)
	}
	return p, plan
}

// What else holds the pods of the launch, should there be none of it.
func ExampleAlternatives() {
	p, plan := shop()
	alternatives, err := verify.Alternatives(context.Background(), p, plan, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.InstanceType, plan.Launches[0].Offering.Zone)
	for _, a := range alternatives[0] {
		fmt.Println(a.Offering.InstanceType, a.Offering.Zone, a.Extra, "more")
	}
	// Output:
	// m5.large us-west-2a
	// m5.large us-west-2b 0 more
	// m5.large us-west-2c 0 more
	// r5.large us-west-2a 0.03 more
	// r5.large us-west-2b 0.03 more
}

// A fleet request takes types of one zone.
func ExampleConditions() {
	p, plan := shop()
	alternatives, err := verify.Conditions{Most: 2, SamePool: true, SameZone: true}.Alternatives(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range alternatives[0] {
		fmt.Println(a.Offering.InstanceType, a.Offering.Zone)
	}
	// Output:
	// r5.large us-west-2a
	// m5.xlarge us-west-2a
}

// A NodeClaim takes lists of types, zones and capacity types, and whoever launches it may
// choose any combination.
func ExampleFlexibilityOf() {
	p, plan := shop()
	products, err := verify.FlexibilityOf(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := products[0]
	fmt.Println(f.Types, f.Zones, f.CapacityTypes)
	fmt.Println(f.Members(), "offerings, at most", f.Dearest)
	// Output:
	// [m5.large m5.xlarge r5.large] [us-west-2a us-west-2b us-west-2c] [on-demand]
	// 9 offerings, at most 0.192
}

// Violations are data: which launch, which rule, in which numbers.
func ExampleViolation() {
	p, plan := shop()
	plan.Launches[0].Pods[0].Count = 7
	var v *verify.Violation
	if errors.As(verify.Plan(context.Background(), p, plan), &v) {
		fmt.Println(v.Node, v.Reason, v.Detail.Resource, v.Detail.Asked, v.Detail.Best)
	}
	// Output: Launches[0] InsufficientResources memory 7Gi 6903Mi
}

// Does anything of a plan that was made elsewhere give up what pods would rather have?
func ExampleKeepsPreferences() {
	p, _ := shop()
	p.Workloads[0].Pod.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
			Weight: 1,
			Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{"us-west-2c"}},
			}},
		}},
	}}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.Zone, verify.KeepsPreferences(p, plan))
	plan.Launches[0].Offering.Zone = "us-west-2a"
	fmt.Println(plan.Launches[0].Offering.Zone, verify.KeepsPreferences(p, plan))
	// Output:
	// us-west-2c true
	// us-west-2a false
}
