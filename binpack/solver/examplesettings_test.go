package solver_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// No zone may have more than half of the launches, should it fail. Here that costs nothing.
func ExampleRisk() {
	p := problemtest.Workshop(100)
	careful := solver.Risk{ZoneShare: 0.5}
	for _, s := range []solver.Solver{{}, {Risk: careful}} {
		plan, err := s.Solve(context.Background(), p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(plan.Cost, careful.Check(context.Background(), p, plan))
	}
	// Output:
	// 0.967 8 launches are in "us-west-2a"
	// 0.967 <nil>
}

// A pod would rather be in a zone whose nodes are dearer. By default it is, whatever that
// costs.
func ExamplePreferencePolicy() {
	p := problemtest.Workshop(8)
	for _, t := range p.Catalog {
		for i := range t.Offerings {
			if t.Offerings[i].Zone == "us-west-2b" {
				t.Offerings[i].Price += catalog.USD / 100
			}
		}
	}
	p.Workloads[0].Pod.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
			Weight: 10,
			Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
				{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{"us-west-2b"}},
			}},
		}},
	}}
	cent := catalog.USD / 100
	for _, s := range []solver.Solver{
		{Preferences: solver.RespectPreferences},
		{Preferences: solver.IgnorePreferences},
		{Preferences: solver.PricePreferences, PreferencePrice: cent / 1000}, // ten of it, for each of the pods: 0.08 cents
		{Preferences: solver.PricePreferences, PreferencePrice: cent},
	} {
		plan, err := s.Solve(context.Background(), p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(plan.Cost, plan.Launches[0].Offering.Zone)
	}
	// Output:
	// 0.136 us-west-2b
	// 0.126 us-west-2a
	// 0.126 us-west-2a
	// 0.136 us-west-2b
}

// Work bounds the search in ticks, not in time, so that the plan is the same on a slow
// machine. The second round starts from the first plan, and by default takes less work.
func ExampleSolver_start() {
	p := problemtest.Workshop(100)
	web := p.Workloads[0].Pod.DeepCopy()
	web.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = resource.MustParse("300m")
	p.Workloads = append(p.Workloads, binpack.Workload{Pod: web, Replicas: 70})
	first, err := solver.Solver{Work: solver.DefaultWork / 10}.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Workloads[1].Replicas += 5
	second, err := solver.Solver{Start: &first}.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(second.Stats.Started, "pods of 175 start where they were, and are of", second.Stats.Classes, "kinds")
	// Output: 170 pods of 175 start where they were, and are of 2 kinds
}
