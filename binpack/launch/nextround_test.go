package launch_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// Promising accepts requests, and starts nodes later, as a managed group does.
type promising struct{}

func (promising) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	return launch.Result{Accepted: r.Nodes()}, nil
}

func amounts(pairs ...string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return list
}

func named(name string, requests corev1.ResourceList) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests}}}},
	}
}

// north is a cloud's region with Spot, a type with GPUs, and a stock of its own: there is
// one Spot machine with GPUs.
func north() (catalog.Catalog, binpack.Availability) {
	sold := func(onDemand catalog.Price) []catalog.Offering {
		return []catalog.Offering{
			{Zone: "north-1", CapacityType: catalog.OnDemand, Price: onDemand},
			{Zone: "north-1", CapacityType: catalog.Spot, Price: onDemand * 3 / 10},
		}
	}
	overhead := amounts("cpu", "100m")
	c := catalog.Catalog{
		{Name: "std-4", Capacity: amounts("cpu", "4", "memory", "16Gi", "pods", "110"), Overhead: overhead, Offerings: sold(catalog.USD / 5)},
		{Name: "gpu-8", Capacity: amounts("cpu", "8", "memory", "60Gi", "pods", "110", "nvidia.com/gpu", "2"), Overhead: overhead, Offerings: sold(2 * catalog.USD)},
	}
	return c, launch.Counts{{InstanceType: "gpu-8", Zone: "north-1", CapacityType: catalog.Spot}: 1}
}

// The second round, where nodes come late: of three that were promised one has joined, the
// Spot machine with GPUs does not come, and one is still on its way. All pods still
// wait, and one more does.
func Example_nextRound() {
	ctx := context.Background()
	types, stock := north()
	memory := &launch.UnavailableOfferings{}
	p := binpack.Problem{Catalog: types, Availability: launch.All(stock, memory)}
	for i := range 4 {
		p.Pods = append(p.Pods, named(fmt.Sprint("web-", i), amounts("cpu", "1900m", "memory", "2Gi")))
	}
	p.Pods = append(p.Pods, named("train", amounts("cpu", "6", "nvidia.com/gpu", "2")))
	plan, err := solver.Solve(ctx, p)
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome, err := launch.Runner{Launcher: promising{}, Unavailable: memory}.Run(ctx, p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}

	next := p
	var coming []binpack.Launch
	var meant []binpack.Nomination // first for what has joined, then for what is coming
	for _, l := range outcome.Launched {
		fmt.Println(l.Launch.Offering, "for", len(l.Launch.Pods), "pods, accepted:", l.Accepted)
		on := l.Launch
		on.Pods = nil // they still wait
		switch {
		case on.Offering.InstanceType == "gpu-8":
			memory.Mark(launch.Pattern{Offering: on.Offering})
		case len(next.Existing) == 0: // it has joined: the node as the cluster shows it
			node := p.Node(on)
			node.Name = "node-1"
			next.Existing = append(next.Existing, binpack.ExistingNode{Node: node})
			meant = append(meant, binpack.Nomination{Node: node, Pods: l.Launch.Pods})
		default:
			coming = append(coming, on)
			meant = append(meant, binpack.Nomination{Pods: l.Launch.Pods})
		}
	}
	next = next.After(binpack.Plan{Launches: coming}) // their nodes are at the end of Existing
	for i := range meant {
		meant[i].Node = next.Existing[i].Node
	}
	next.Pods = append(next.Pods, named("web-4", amounts("cpu", "1900m", "memory", "2Gi")))

	plan, err = solver.Solver{Start: &binpack.Plan{Nominations: meant}}.Solve(ctx, next)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Stats.Started, "pods are where they were")
	for _, n := range plan.Nominations {
		fmt.Println(len(n.Pods), "pods for a node that is there or on its way")
	}
	for _, l := range plan.Launches {
		fmt.Println("launch", l.Offering, "for", l.Pods[0].Pod.Name)
	}
	// Output:
	// {gpu-8 north-1 spot } for 2 pods, accepted: true
	// {std-4 north-1 spot } for 2 pods, accepted: true
	// {std-4 north-1 spot } for 1 pods, accepted: true
	// 3 pods are where they were
	// 2 pods for a node that is there or on its way
	// 2 pods for a node that is there or on its way
	// launch {gpu-8 north-1 on-demand } for train
}
