package binpack_test

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// workshop is the scene of the EKS workshop's page on automatic provisioning:
// pods of 1Gi, and a pool that may launch four types on demand.
func workshop(replicas int) binpack.Problem {
	types, err := ec2.Options{Region: "us-west-2", Types: []string{"c5.large", "m5.large", "r5.large", "m5.xlarge"}}.Catalog()
	if err != nil {
		panic(err)
	}
	onDemand, err := prices.OnDemand("us-west-2")
	if err != nil {
		panic(err)
	}
	priced, _ := pricing.Apply(types, onDemand)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "inflate"},
		Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"type": "karpenter"},
			Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
			}}},
		},
	}
	return binpack.Problem{
		Workloads: []binpack.Workload{{Pod: pod, Replicas: replicas}},
		Pools:     []binpack.Pool{{Name: "default", Labels: map[string]string{"type": "karpenter"}}},
		Catalog:   priced,
	}
}

func ExampleSolve() {
	plan, err := binpack.Solve(context.Background(), workshop(15))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range plan.Launches {
		fmt.Println(l.Pool, l.Offering.InstanceType, l.Offering.Zone, l.Price, "holds", l.Pods[0].Count)
	}
	fmt.Println(plan.Cost, "USD per hour,", plan.Status)
	// Output:
	// default c5.large us-west-2a 0.085 holds 1
	// default r5.large us-west-2a 0.126 holds 14
	// 0.211 USD per hour, optimal
}

// Pods that cannot be placed are data, not an error.
func ExampleSolve_unschedulable() {
	p := workshop(1)
	p.Pools[0].Labels = nil
	plan, err := binpack.Solve(context.Background(), p)
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

func ExampleProblem_Validate() {
	p := workshop(-1)
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
	p := workshop(5)
	plan, err := binpack.Solve(context.Background(), p)
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

// Settings are fields; the zero Solver is ready.
func ExampleSolver_Solve() {
	plan, err := binpack.Solver{Gap: 0.05}.Solve(context.Background(), workshop(200))
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
	for plan, err := range (binpack.Solver{}).Plans(context.Background(), workshop(50)) {
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

// Verify checks a plan from the API objects, VerifyBound its lower bound from
// the certificate.
func ExampleVerify() {
	p := workshop(15)
	plan, err := binpack.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(binpack.Verify(context.Background(), p, plan))
	fmt.Println(binpack.VerifyBound(context.Background(), p, plan))
	plan.Launches[0].Pods[0].Count = 4
	fmt.Println(binpack.Verify(context.Background(), p, plan))
	// Output:
	// <nil>
	// <nil>
	// Launches[0]: InsufficientResources: memory: asked 4Gi, there is 3114Mi
	// plan: Doubled: pod /inflate: 18 of 15
}

func ExampleVerifyBound() {
	p := workshop(15)
	plan, err := binpack.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan.LowerBound += catalog.USD / 1000
	fmt.Println(errors.Is(binpack.VerifyBound(context.Background(), p, plan), binpack.ErrNotProven))
	// Output:
	// true
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
	p := workshop(5)
	p.Availability = soldOut("m5.large")
	plan, err := binpack.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.InstanceType, plan.Cost, plan.Status)
	// Output:
	// r5.large 0.126 optimal
}
