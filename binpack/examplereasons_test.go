package binpack_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// A reason says what was asked, what there is at best, and which single change
// would place the pod: as a sentence and as data.
func ExampleDetail() {
	types, err := ec2.Options{Region: "us-west-2", Types: []string{"r5.large", "r5.xlarge"}}.Catalog()
	if err != nil {
		panic(err)
	}
	onDemand, err := prices.OnDemand("us-west-2")
	if err != nil {
		panic(err)
	}
	p := problemtest.Workshop(1)
	p.Catalog, _ = pricing.Apply(types, onDemand)
	p.Pools[0].Requirements = []corev1.NodeSelectorRequirement{
		{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"r5.large"}},
	}
	p.Workloads[0].Pod.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory] = resource.MustParse("18Gi")

	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	why := plan.Unschedulable[0].Reasons[0]
	fmt.Println(why.Reason, why.Reason.Temporary())
	fmt.Println(why.Detail)
	fmt.Println(why.Detail.Change.Path, why.Detail.Change.Value)
	// Output:
	// InsufficientResources false
	// asks for 18Gi of memory, the most on a new node is 14481Mi (r5.large in us-west-2a); fits r5.xlarge in us-west-2a with Pools[0].requirements[0].values[1]: r5.xlarge
	// Pools[0].requirements[0].values[1] r5.xlarge
}
