package ec2_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog/ec2"
)

func Example() {
	c, err := ec2.Options{Region: "us-west-2", Types: []string{"m5.large"}}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	for key := range c.Offerings() {
		fmt.Println(key.InstanceType, key.Zone, key.CapacityType)
	}
	alloc := c[0].Allocatable()
	fmt.Println(alloc.Cpu(), alloc.Memory(), alloc.StorageEphemeral(), alloc.Pods())
	// Output:
	// m5.large us-west-2a on-demand
	// m5.large us-west-2b on-demand
	// m5.large us-west-2c on-demand
	// 1930m 6903Mi 17Gi 29
}

func ExampleOptions_Catalog() {
	c, err := ec2.Options{
		Region:   "eu-central-1",
		Zones:    []string{"eu-central-1a"},
		Families: []string{"c7g", "m7g"},
		Requirements: []corev1.NodeSelectorRequirement{{
			Key: "karpenter.k8s.aws/instance-cpu", Operator: corev1.NodeSelectorOpLt, Values: []string{"4"},
		}},
		Node: ec2.Node{RootVolumeGiB: 50},
	}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range c {
		alloc := t.Allocatable()
		fmt.Println(t.Name, alloc.Memory(), alloc.StorageEphemeral())
	}
	// Output:
	// c7g.medium 1392Mi 44Gi
	// c7g.large 3055Mi 44Gi
	// m7g.medium 3286Mi 44Gi
	// m7g.large 6844Mi 44Gi
}
