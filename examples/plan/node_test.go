package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/examples/internal/cli"
)

// class returns a node class, changed.
func class(change func(*manifest.NodeClass)) manifest.NodeClass {
	c := manifest.NodeClass{Origin: manifest.Origin{File: "a.yaml", Document: 1, Kind: "EC2NodeClass", Name: "c"}}
	change(&c)
	return c
}

func TestNodeOf(t *testing.T) {
	number := func(n int32) *int32 { return &n }
	list := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}
	disk := func(size string) []manifest.BlockDevice {
		q := resource.MustParse(size)
		return []manifest.BlockDevice{{Name: "/dev/xvda", Size: &q, Root: true}}
	}
	for _, tt := range []struct {
		about string
		class manifest.NodeClass
		node  ec2.Node
		notes string
	}{
		{about: "nothing", class: class(func(*manifest.NodeClass) {})},
		{about: "all", class: class(func(c *manifest.NodeClass) {
			c.AMIFamily, c.InstanceStorePolicy, c.BlockDevices = "Bottlerocket", "RAID0", disk("100500M")
			c.Kubelet = manifest.Kubelet{
				MaxPods: number(42), PodsPerCore: number(4), SystemReserved: list, KubeReserved: list,
				EvictionHard: map[string]string{"memory.available": "5%"},
			}
		}), node: ec2.Node{
			Family: ec2.Bottlerocket, RAID0: true, RootVolumeGiB: 94, MaxPods: 42, PodsPerCore: 4, SystemReserved: list, KubeReserved: list,
			EvictionHard: map[string]string{"memory.available": "5%"},
		}},
		{about: "an image of one's own", class: class(func(c *manifest.NodeClass) { c.AMIFamily = "Custom" })},
		{about: "Windows", class: class(func(c *manifest.NodeClass) { c.AMIFamily = "Windows2022" }), node: ec2.Node{Family: ec2.Windows2022},
			notes: "a.yaml: document 1: EC2NodeClass c: spec.amiFamily: Windows2022: the prices are those of Linux"},
		{about: "an unknown family", class: class(func(c *manifest.NodeClass) { c.AMIFamily = "Ubuntu" }),
			notes: "a.yaml: document 1: EC2NodeClass c: spec.amiFamily: Ubuntu is not known: capacity is that of AL2023"},
		{about: "an unknown policy", class: class(func(c *manifest.NodeClass) { c.InstanceStorePolicy = "RAID10" }),
			notes: "a.yaml: document 1: EC2NodeClass c: spec.instanceStorePolicy: RAID10 is not known: instance storage is left alone"},
		{about: "soft thresholds", class: class(func(c *manifest.NodeClass) { c.Kubelet.EvictionSoft = map[string]string{"memory.available": "5%"} }),
			notes: "a.yaml: document 1: EC2NodeClass c: spec.kubelet.evictionSoft: reserves nothing: soft thresholds are not in a node's capacity"},
		{about: "no pods", class: class(func(c *manifest.NodeClass) { c.Origin.Kind, c.Kubelet.MaxPods = "NodePool", number(0) }),
			notes: "a.yaml: document 1: NodePool c: spec.template.spec.kubelet.maxPods: is 0: taken as not stated"},
	} {
		t.Run(tt.about, func(t *testing.T) {
			node, notes := nodeOf(tt.class)
			require.Equal(t, tt.node, node)
			text := ""
			for _, n := range notes {
				text += n.String()
			}
			require.Equal(t, tt.notes, text)
		})
	}
}

// What EC2 refuses of a class is said in the words of the class.
func TestNodeRefused(t *testing.T) {
	for want, change := range map[string]func(*manifest.NodeClass){
		`spec.kubelet.evictionHard[memory.available]: "much" is neither a quantity nor a share like 10%`: func(c *manifest.NodeClass) {
			c.Kubelet.EvictionHard = map[string]string{"memory.available": "much"}
		},
		"the volume of pods' storage, in GiB: -1 is not from 0 to 65536": func(c *manifest.NodeClass) {
			c.BlockDevices = []manifest.BlockDevice{{Size: resource.NewQuantity(0, resource.BinarySI), Root: true}}
		},
		"spec.kubelet.podsPerCore: -1 is not from 0 to 65536": func(c *manifest.NodeClass) {
			n := int32(-1)
			c.Kubelet.PodsPerCore = &n
		},
	} {
		supply := cli.Supply{Region: "us-east-1"}
		stock, err := supply.Load()
		require.NoError(t, err)
		m := market{stock: stock}
		_, err = m.catalog(class(change))
		require.EqualError(t, err, want)
	}
}
