package problemfile_test

import (
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

func ExampleRead() {
	p, err := problemfile.Read(strings.NewReader(`{
		"pods": [{"name": "web", "count": 3, "requests": {"cpu": "500m"}}],
		"instanceTypes": [{"name": "large", "allocatable": {"cpu": "2", "pods": "29"},
			"offerings": [{"zone": "a", "capacityType": "on-demand", "price": 0.096}]}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Workloads[0].Replicas, "pods", p.Workloads[0].Pod.Name)
	fmt.Println(p.Catalog[0].Name, "at", p.Catalog[0].Offerings[0].Price)

	_, err = problemfile.Read(strings.NewReader(`{"pods": [{"name": "web", "requests": {"memory": "1Gib"}}]}`))
	fmt.Println(err)
	// Output:
	// 3 pods web
	// large at 0.096
	// pods[0].requests.memory: "1Gib" is not a quantity
}

func ExampleWrite() {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m")},
		}}}},
	}
	err := problemfile.Write(os.Stdout, binpack.Problem{Workloads: []binpack.Workload{{Pod: pod, Replicas: 3}}})
	fmt.Println(err)
	// Output:
	// {
	//  "pods": [
	//   {
	//    "name": "web",
	//    "count": 3,
	//    "requests": {
	//     "cpu": "500m"
	//    }
	//   }
	//  ],
	//  "instanceTypes": [],
	//  "nodeLabels": {}
	// }
	// <nil>
}

func ExampleWritePlan() {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}}
	p := binpack.Problem{
		Workloads: []binpack.Workload{{Pod: pod, Replicas: 3}},
		Catalog: catalog.Catalog{{Name: "large", Offerings: []catalog.Offering{
			{Zone: "a", CapacityType: catalog.Spot, Price: 40_000_000},
		}}},
	}
	err := problemfile.WritePlan(os.Stdout, p, binpack.Plan{
		Launches: []binpack.Launch{{
			Offering: p.Catalog[0].Key(0),
			Price:    40_000_000,
			Pods:     []binpack.Placement{{Pod: pod, Count: 3}},
		}},
		Cost:       40_000_000,
		LowerBound: 40_000_000,
		Status:     binpack.Optimal,
	})
	fmt.Println(err)
	// Output:
	// {
	//  "nodes": [
	//   {
	//    "instanceType": "large",
	//    "zone": "a",
	//    "capacityType": "spot",
	//    "pods": [
	//     {
	//      "name": "web",
	//      "count": 3
	//     }
	//    ]
	//   }
	//  ],
	//  "cost": 0.04,
	//  "lowerBound": 0.04,
	//  "status": "optimal"
	// }
	// <nil>
}

func ExampleReadPlan() {
	p, err := problemfile.Read(strings.NewReader(`{
		"pods": [{"name": "web", "count": 4}],
		"instanceTypes": [{"name": "large", "allocatable": {"cpu": "2"},
			"offerings": [{"zone": "a", "capacityType": "spot", "price": 0.04}]}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := problemfile.ReadPlan(strings.NewReader(`{
		"nodes": [{"instanceType": "large", "zone": "a", "capacityType": "spot", "count": 2,
			"pods": [{"name": "web", "count": 2}]}]
	}`), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Nodes(), "nodes for", plan.Cost)
	fmt.Println(plan.Launches[0].Pods[0].Pod == p.Workloads[0].Pod)
	// Output:
	// 2 nodes for 0.08
	// true
}

// A file may say what preferences of pods are worth. Settings have it as text, for the
// program that solves.
func ExampleReadSettings() {
	_, settings, err := problemfile.ReadSettings(strings.NewReader(`{
		"pods": [],
		"instanceTypes": [],
		"preferences": {"policy": "Price", "price": 0.001}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := solver.Solver{}
	switch settings.Preferences {
	case problemfile.Ignore:
		s.Preferences = solver.IgnorePreferences
	case problemfile.Price:
		s.Preferences, s.PreferencePrice = solver.PricePreferences, settings.PreferencePrice
	case problemfile.Respect, "": // as the zero Solver
	}
	fmt.Println(s.Preferences == solver.PricePreferences, s.PreferencePrice)
	// Output: true 0.001
}
