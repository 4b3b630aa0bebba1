package catalog_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

// A device plugin shares each GPU between four pods. The catalog does not know that.
func ExampleCatalog_Extend() {
	shared := corev1.ResourceName("nvidia.com/gpu.shared")
	c := catalog.Catalog{
		{Name: "g5.xlarge", Offerings: []catalog.Offering{{Zone: "us-west-2a"}}},
		{Name: "m5.xlarge", Offerings: []catalog.Offering{{Zone: "us-west-2a"}}},
	}
	c, err := c.Extend(
		corev1.ResourceList{shared: resource.MustParse("4")},
		corev1.NodeSelectorRequirement{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"g5.xlarge"}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range c {
		count := t.Capacity[shared]
		fmt.Println(t.Name, count.String())
	}
	// Output:
	// g5.xlarge 4
	// m5.xlarge 0
}

// Requirements of a NodePool, asked of a node that is already there.
func ExampleMeets() {
	node := corev1.Node{}
	node.Labels = map[string]string{corev1.LabelArchStable: "arm64", catalog.CapacityTypeLabel: "spot"}
	requirements := []corev1.NodeSelectorRequirement{
		{Key: catalog.CapacityTypeLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{"spot", "reserved"}},
		{Key: "dedicated", Operator: corev1.NodeSelectorOpDoesNotExist},
	}
	if err := catalog.CheckRequirements(requirements...); err != nil {
		fmt.Println(err)
		return
	}
	label := func(key string) (string, bool) { value, ok := node.Labels[key]; return value, ok }
	fmt.Println(catalog.Meets(label, requirements...))
	// Output: true
}

func ExampleCheckRequirements() {
	fmt.Println(catalog.CheckRequirements(
		corev1.NodeSelectorRequirement{Key: "cores", Operator: corev1.NodeSelectorOpGt, Values: []string{"four"}},
		corev1.NodeSelectorRequirement{Key: "team", Operator: corev1.NodeSelectorOpIn},
	))
	// Output:
	// Requirements[0]: cores Gt needs an integer, has "four"
	// Requirements[1]: team In needs a value
}

// Kubernetes has renamed some labels, and old manifests name them by the old key.
func ExampleCurrentKey() {
	fmt.Println(catalog.CurrentKey("beta.kubernetes.io/arch"), catalog.CurrentKey("team"))
	// Output: kubernetes.io/arch team
}

// A machine in a zone of its own: its nodes have another label and less memory there.
func ExampleInstanceType_AllocatableOf() {
	memory := func(q string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(q)}
	}
	t := catalog.InstanceType{
		Name:     "box",
		Capacity: memory("64Gi"),
		Overhead: memory("2Gi"),
		Offerings: []catalog.Offering{
			{Zone: "basement"},
			{Zone: "attic", Labels: map[string]string{"cooling": "none"}, Allocatable: memory("32Gi")},
		},
	}
	for i := range t.Offerings {
		cooling, stated := t.OfferingLabel(i, "cooling")
		forPods := t.AllocatableOf(i)
		fmt.Println(t.Key(i).Zone, forPods.Memory(), cooling, stated)
	}
	// Output:
	// basement 62Gi  false
	// attic 32Gi none true
}

// Sums are made of prices, which are exact. A float64 is for a chart.
func ExamplePrice_USD() {
	a, b := 100*catalog.USD/1000, 200*catalog.USD/1000
	fmt.Println(a+b, a.USD()+b.USD())
	// Output: 0.3 0.30000000000000004
}
