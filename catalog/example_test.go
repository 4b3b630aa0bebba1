package catalog_test

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

func Example() {
	c := catalog.Catalog{{
		Name:     "m5.large",
		Labels:   map[string]string{corev1.LabelArchStable: "amd64"},
		Capacity: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")},
		Overhead: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("70m")},
		Offerings: []catalog.Offering{
			{Zone: "us-west-2a", CapacityType: catalog.OnDemand, Price: 96_000_000},
			{Zone: "us-west-2a", CapacityType: catalog.Spot, Price: 35_100_000},
		},
	}}
	for key, offering := range c.Offerings() {
		fmt.Println(key.InstanceType, key.Zone, key.CapacityType, offering.Price)
	}
	alloc := c[0].Allocatable()
	fmt.Println("for pods:", alloc.Cpu())
	// Output:
	// m5.large us-west-2a on-demand 0.096
	// m5.large us-west-2a spot 0.0351
	// for pods: 1930m
}

func ExampleParsePrice() {
	p, err := catalog.ParsePrice("0.096")
	fmt.Println(p, 730*p, err)
	_, err = catalog.ParsePrice("-0.096")
	fmt.Println(err)
	// Output:
	// 0.096 70.08 <nil>
	// price "-0.096": is not a decimal number without sign and exponent
}

func ExampleCatalog_Select() {
	c := catalog.Catalog{{
		Name: "m5.large",
		Offerings: []catalog.Offering{
			{Zone: "us-west-2a", CapacityType: catalog.OnDemand},
			{Zone: "us-west-2b", CapacityType: catalog.OnDemand},
		},
	}}
	c, err := c.Select(corev1.NodeSelectorRequirement{
		Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpNotIn, Values: []string{"us-west-2a"},
	})
	fmt.Println(len(c[0].Offerings), c[0].Offerings[0].Zone, err)
	// Output: 1 us-west-2b <nil>
}

func ExampleCatalog_Validate() {
	c := catalog.Catalog{
		{Name: "m5.large", Offerings: []catalog.Offering{{Price: -catalog.USD}}},
		{Name: "m5.large"},
	}
	fmt.Println(c.Validate())
	// Output:
	// Catalog[0].Offerings[0].Price: -1 is negative
	// Catalog[1].Name: "m5.large" is the name of Catalog[0] too
}

func ExampleKey_Matches() {
	spot := catalog.Key{CapacityType: catalog.Spot}
	fmt.Println(spot.Matches(catalog.Key{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.Spot}))
	// Output: true
}

func ExampleFromUSD() {
	p, err := catalog.FromUSD(0.1 + 0.2) // 0.30000000000000004
	fmt.Println(p, err)
	// Output: 0.3 <nil>
}

func ExampleInstanceType_OfferingLabels() {
	t := catalog.InstanceType{
		Name:      "m5.large",
		Labels:    map[string]string{corev1.LabelArchStable: "amd64"},
		Offerings: []catalog.Offering{{Zone: "us-west-2a", CapacityType: catalog.Spot}},
	}
	labels := t.OfferingLabels(0)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		fmt.Println(key, labels[key])
	}
	// Output:
	// beta.kubernetes.io/arch amd64
	// beta.kubernetes.io/instance-type m5.large
	// failure-domain.beta.kubernetes.io/zone us-west-2a
	// karpenter.sh/capacity-type spot
	// kubernetes.io/arch amd64
	// node.kubernetes.io/instance-type m5.large
	// topology.kubernetes.io/zone us-west-2a
}
