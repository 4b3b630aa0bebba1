package ec2_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
)

// of returns one type as a node of the setup.
func of(t *testing.T, name string, node ec2.Node) *catalog.InstanceType {
	t.Helper()
	c, err := ec2.Options{Region: "us-west-2", Types: []string{name}, Node: node}.Catalog()
	require.NoError(t, err)
	require.Len(t, c, 1, name)
	require.NoError(t, c.Validate())
	return c[0]
}

func podsOf(t *testing.T, name string, node ec2.Node) int64 {
	return of(t, name, node).Capacity.Pods().Value()
}

// AWS publishes these in eni-max-pods.txt of github.com/awslabs/amazon-eks-ami.
func TestPublishedMaxPods(t *testing.T) {
	for name, want := range map[string]int64{
		"t2.micro": 4, "t3.nano": 4, "t3.small": 11, "t3.medium": 17, "t3.large": 35, "a1.medium": 8, "m4.large": 20,
		"m4.10xlarge": 234, "c4.large": 29, "m5.large": 29, "m5.xlarge": 58, "m5.4xlarge": 234, "m5.24xlarge": 737,
		"c5.9xlarge": 234, "c5.18xlarge": 737, "r5.2xlarge": 58, "g4dn.xlarge": 29, "c5.metal": 737, "p3dn.24xlarge": 737,
		"m6g.medium": 8, "c6i.32xlarge": 737, "p4d.24xlarge": 737,
	} {
		require.Equal(t, want, podsOf(t, name, ec2.Node{}), name)
	}
}

// The formulas of https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html.
func TestPods(t *testing.T) {
	for _, test := range []struct {
		what, name string
		node       ec2.Node
		want       int64
	}{
		{"prefixes: (2 free interfaces of 9) 16 and more: 110", "m5.large", ec2.Node{PrefixDelegation: true}, 110},
		{"prefixes, more than 30 vCPUs: 250", "m5.24xlarge", ec2.Node{PrefixDelegation: true}, 250},
		{"prefixes, 2 interfaces of one address: 2*1*16+2", "t3.nano", ec2.Node{PrefixDelegation: true}, 34},
		{"IPv6", "c5.18xlarge", ec2.Node{IPv6: true}, 250},
		{"no prefixes on Xen", "m4.large", ec2.Node{PrefixDelegation: true}, 20},
		{"custom networking: (3-1)*(10-1)+2", "m5.large", ec2.Node{CustomNetworking: true}, 20},
		{"a reserved interface is the same", "m5.large", ec2.Node{ReservedENIs: 1}, 20},
		{"both", "m5.large", ec2.Node{ReservedENIs: 1, CustomNetworking: true}, 11},
		{"all interfaces reserved", "m5.large", ec2.Node{ReservedENIs: 3}, 0},
		{"custom networking with prefixes: 1*1*16+2", "t3.nano", ec2.Node{CustomNetworking: true, PrefixDelegation: true}, 18},
		{"maxPods before all", "m5.large", ec2.Node{MaxPods: 58, PrefixDelegation: true}, 58},
		{"podsPerCore: 2*10", "m5.large", ec2.Node{PodsPerCore: 10}, 20},
		{"podsPerCore is a bound only", "m5.large", ec2.Node{PodsPerCore: 100}, 29},
		{"Bottlerocket has no podsPerCore", "m5.large", ec2.Node{Family: ec2.Bottlerocket, PodsPerCore: 10}, 29},
		{"Windows", "m5.large", ec2.Node{Family: ec2.Windows2022}, 110},
		{"without interfaces in the table", "trn2.48xlarge", ec2.Node{}, 100},
	} {
		require.Equal(t, test.want, podsOf(t, test.name, test.node), test.what)
	}
}

// The EBS driver counts these, and
// https://docs.aws.amazon.com/ebs/latest/userguide/volume_limits.html states the limits.
func TestVolumes(t *testing.T) {
	for _, test := range []struct {
		what, name string
		node       ec2.Node
		want       int64
	}{
		{"28 shared, less an interface and the root volume", "m5.large", ec2.Node{}, 26},
		{"", "c5.large", ec2.Node{}, 26},
		{"one less for instance storage", "m5d.large", ec2.Node{}, 25},
		{"four less for four disks", "m5d.24xlarge", ec2.Node{}, 22},
		{"one less for the disk and one for the accelerator", "g4dn.xlarge", ec2.Node{}, 24},
		{"32 of their own", "c7i.large", ec2.Node{}, 31},
		{"128 of their own", "m7i.48xlarge", ec2.Node{}, 127},
		{"metal", "m5.metal", ec2.Node{}, 30},
		{"Xen", "m4.large", ec2.Node{}, 38},
		{"interfaces take from a shared limit", "m5.large", ec2.Node{AttachedENIs: 3}, 24},
		{"and not from one of their own", "c7i.large", ec2.Node{AttachedENIs: 3}, 31},
		{"Bottlerocket has a second volume", "m5.large", ec2.Node{Family: ec2.Bottlerocket}, 25},
		{"reserved", "m5.large", ec2.Node{ReservedVolumes: 2}, 24},
		{"stated", "m5.large", ec2.Node{MaxVolumes: 39}, 39},
		{"never below one", "m5.large", ec2.Node{ReservedVolumes: 100}, 1},
	} {
		it := of(t, test.name, test.node)
		got := it.Allocatable()[ec2.VolumeResource]
		require.Equal(t, test.want, got.Value(), "%s %s", test.name, test.what)
	}
	require.NotContains(t, of(t, "m5.large", ec2.Node{MaxVolumes: ec2.NoVolumeLimit}).Capacity, ec2.VolumeResource)
}

func list(texts map[string]string) corev1.ResourceList {
	l := corev1.ResourceList{}
	for name, q := range texts {
		l[corev1.ResourceName(name)] = resource.MustParse(q)
	}
	return l
}

// m5.large has 8192 MiB and 2 vCPUs, 29 pods: 574Mi are reserved for the kubelet,
// see https://docs.aws.amazon.com/eks/latest/userguide/node-resource-reservations.html.
func TestReserved(t *testing.T) {
	for _, test := range []struct {
		what string
		name string
		node ec2.Node
		want map[string]string // allocatable
	}{
		{"default", "m5.large", ec2.Node{}, map[string]string{"cpu": "1930m", "memory": "6903Mi", "ephemeral-storage": "17Gi"}},
		{"no VM overhead: 8192-574-100", "m5.large", ec2.Node{VMOverhead: "0%"}, map[string]string{"memory": "7518Mi"}},
		{"a finer share: 8192-ceil(8192*0.06125)", "m5.large", ec2.Node{VMOverhead: "6.125%"}, map[string]string{"memory": "7016Mi"}},
		{"measured: 7900-674", "m5.large", ec2.Node{VMOverhead: "50%", Measured: map[string]resource.Quantity{"m5.large": resource.MustParse("7900Mi")}}, map[string]string{"memory": "7226Mi"}},
		{"kube-reserved: name by name", "m5.large", ec2.Node{KubeReserved: list(map[string]string{"memory": "1Gi"})}, map[string]string{"cpu": "1930m", "memory": "6453Mi"}},
		{"system-reserved", "m5.large", ec2.Node{SystemReserved: list(map[string]string{"cpu": "100m", "memory": "100Mi", "ephemeral-storage": "1Gi"})}, map[string]string{"cpu": "1830m", "memory": "6803Mi", "ephemeral-storage": "16Gi"}},
		{"eviction: absolute", "m5.large", ec2.Node{EvictionHard: map[string]string{"memory.available": "200Mi", "pid.available": "5%"}}, map[string]string{"memory": "6803Mi", "ephemeral-storage": "17Gi"}},
		{"eviction: 5% of 7577Mi is 397253017.6 bytes, rounded up", "m5.large", ec2.Node{EvictionHard: map[string]string{"memory.available": "5%", "nodefs.available": "15%"}}, map[string]string{"memory": "6945924710", "ephemeral-storage": "16Gi"}},
		{"eviction: 100% is off", "m5.large", ec2.Node{EvictionHard: map[string]string{"memory.available": "100%"}}, map[string]string{"memory": "7003Mi"}},
		{"maxPods: AL2023 reserves for 29 pods all the same", "m5.large", ec2.Node{MaxPods: 110}, map[string]string{"memory": "6903Mi", "pods": "110"}},
		{"Bottlerocket reserves for maxPods: 255+11*110", "m5.large", ec2.Node{Family: ec2.Bottlerocket, MaxPods: 110}, map[string]string{"memory": "6012Mi"}},
		{"Windows reserves for 110", "m5.large", ec2.Node{Family: ec2.Windows2022}, map[string]string{"memory": "6012Mi", "ephemeral-storage": "44Gi", "vpc.amazonaws.com/PrivateIPv4Address": "9"}},
		{"RAID0: 75 GB, less 10% and 1Gi", "m5d.large", ec2.Node{RAID0: true}, map[string]string{"ephemeral-storage": "66426258176"}},
		{"RAID0 without instance storage", "m5.large", ec2.Node{RAID0: true, RootVolumeGiB: 50}, map[string]string{"ephemeral-storage": "44Gi"}},
		{"pod-eni", "m5.large", ec2.Node{}, map[string]string{"vpc.amazonaws.com/pod-eni": "9"}},
		{"no pod-eni", "m5.large", ec2.Node{NoPodENI: true}, map[string]string{"vpc.amazonaws.com/pod-eni": "0"}},
		{"devices", "inf2.24xlarge", ec2.Node{}, map[string]string{"aws.amazon.com/neuron": "6", "aws.amazon.com/neuroncore": "12"}},
		{"never below nothing", "t3.nano", ec2.Node{SystemReserved: list(map[string]string{"memory": "8Gi"})}, map[string]string{"memory": "0"}},
	} {
		got := of(t, test.name, test.node).Allocatable()
		for name, want := range test.want {
			require.Equal(t, want, got.Name(corev1.ResourceName(name), resource.BinarySI).String(), "%s: %s", test.what, name)
		}
	}
}

func TestWindowsLabels(t *testing.T) {
	it := of(t, "m5.large", ec2.Node{Family: ec2.Windows2019})
	require.Equal(t, "windows", it.Labels["kubernetes.io/os"])
	require.Equal(t, "10.0.17763", it.Labels["node.kubernetes.io/windows-build"])
	o := ec2.Options{Region: "r", Families: []string{"m6g", "m5"}, Node: ec2.Node{Family: ec2.Windows2025}}
	c, err := o.Catalog()
	require.NoError(t, err)
	require.Len(t, c, 9, "Windows does not run on Arm")
	o.Types = []string{"m6g.large"}
	_, err = o.Catalog()
	require.EqualError(t, err, "ec2: no zone has, or no node can be, instance type m6g.large")
}

func TestNodeRefuses(t *testing.T) {
	for want, node := range map[string]ec2.Node{
		`Node.Family: "Ubuntu" is none of ["AL2" "AL2023"`:                      {Family: "Ubuntu"},
		`Node.VMOverhead: "0.075" is not a share like 7.5%`:                     {VMOverhead: "0.075"},
		`Node.VMOverhead: "101%" is not a share`:                                {VMOverhead: "101%"},
		"Node.Measured[m5.large]: 0 is not a node's memory":                     {Measured: map[string]resource.Quantity{"m5.large": {}}},
		`Node.EvictionHard: "memory" is none of the kubelet's signals`:          {EvictionHard: map[string]string{"memory": "1Gi"}},
		`Node.EvictionHard[memory.available]: "much" is neither a quantity nor`: {EvictionHard: map[string]string{"memory.available": "much"}},
		`Node.EvictionHard[memory.available]: "-1Gi" is negative`:               {EvictionHard: map[string]string{"memory.available": "-1Gi"}},
		`Node.EvictionHard[nodefs.available]: "-1%" is not a share`:             {EvictionHard: map[string]string{"nodefs.available": "-1%"}},
		"Node.KubeReserved[cpu]: -1 is negative or too much":                    {KubeReserved: list(map[string]string{"cpu": "-1"})},
		"Node.SystemReserved[memory]: 1e30 is negative or too much":             {SystemReserved: list(map[string]string{"memory": "1e30"})},
		"Node.MaxPods: -1 is not from 0 to 65536":                               {MaxPods: -1},
		"Node.MaxVolumes: -2 is not from -1 to 65536":                           {MaxVolumes: -2},
	} {
		_, err := ec2.Options{Region: "r", Node: node}.Catalog()
		require.ErrorContains(t, err, strings.TrimSpace(want))
	}
}

func TestOfferedAndReserved(t *testing.T) {
	o := ec2.Options{
		Region:        "eu-west-1",
		CapacityTypes: []catalog.CapacityType{catalog.OnDemand, catalog.Spot},
		Facts: []ec2.Type{
			{Name: "m5.large", Arch: "amd64", VCPUs: 2, MemoryMiB: 8192, ENIs: 3, IPv4PerENI: 10},
			{Name: "mac2.metal", Arch: "arm64_mac", VCPUs: 8, MemoryMiB: 16384, ENIs: 8, IPv4PerENI: 30},
			{Name: "p5.48xlarge", Arch: "amd64", VCPUs: 192, MemoryMiB: 1 << 21, ENIs: 2, IPv4PerENI: 50, Markets: []catalog.CapacityType{catalog.OnDemand}},
		},
		Offered: []ec2.Offered{{InstanceType: "m5.large", Zone: "eu-west-1b"}, {InstanceType: "m5.large", Zone: "eu-west-1a"}, {InstanceType: "p5.48xlarge", Zone: "eu-west-1a"}, {InstanceType: "mac2.metal", Zone: "eu-west-1a"}},
		ZoneIDs: map[string]string{"eu-west-1a": "euw1-az3"},
		Reservations: []ec2.Reservation{
			{ID: "cr-1", InstanceType: "p5.48xlarge", Zone: "eu-west-1a", Available: 2, Type: "capacity-block"},
			{ID: "cr-2", InstanceType: "m5.large", Zone: "eu-west-1c", Available: 2},
			{ID: "cr-3", InstanceType: "m5.large", Zone: "eu-west-1b", Interruptible: true},
		},
	}
	c, err := o.Catalog()
	require.NoError(t, err)
	require.NoError(t, c.Validate())
	require.Equal(t, []catalog.Key{
		{InstanceType: "m5.large", Zone: "eu-west-1a", CapacityType: "on-demand"},
		{InstanceType: "m5.large", Zone: "eu-west-1a", CapacityType: "spot"},
		{InstanceType: "m5.large", Zone: "eu-west-1b", CapacityType: "on-demand"},
		{InstanceType: "m5.large", Zone: "eu-west-1b", CapacityType: "spot"},
		{InstanceType: "m5.large", Zone: "eu-west-1b", CapacityType: "reserved", ReservationID: "cr-3"},
		{InstanceType: "p5.48xlarge", Zone: "eu-west-1a", CapacityType: "on-demand"},
		{InstanceType: "p5.48xlarge", Zone: "eu-west-1a", CapacityType: "reserved", ReservationID: "cr-1"},
	}, keys(c))
	require.Equal(t, map[string]string{"topology.ebs.csi.aws.com/zone": "eu-west-1a", "topology.k8s.aws/zone-id": "euw1-az3"}, c[0].Offerings[0].Labels)
	require.True(t, c[0].Offerings[4].Unavailable)
	block := c[1].Offerings[1]
	require.Equal(t, 2, block.Limit)
	require.Equal(t, map[string]string{
		"topology.ebs.csi.aws.com/zone": "eu-west-1a", "topology.k8s.aws/zone-id": "euw1-az3",
		"karpenter.k8s.aws/capacity-reservation-id": "cr-1", "karpenter.k8s.aws/capacity-reservation-type": "capacity-block",
		"karpenter.k8s.aws/capacity-reservation-interruptible": "false",
	}, block.Labels)

	o.Offered = append(o.Offered, ec2.Offered{InstanceType: "x9.large", Zone: "eu-west-1a"})
	_, err = o.Catalog()
	require.EqualError(t, err, "ec2: unknown instance type x9.large")
	o.SkipUnknown = true
	again, err := o.Catalog()
	require.NoError(t, err)
	require.Equal(t, c, again)

	for want, spoil := range map[string]func(*ec2.Options){
		"Offered[0]: has no instance type": func(o *ec2.Options) { o.Offered = []ec2.Offered{{InstanceType: "", Zone: "z"}} },
		"Reservations[0]: has no id":       func(o *ec2.Options) { o.Reservations = []ec2.Reservation{{}} },
		"Reservations[1]: x is there twice": func(o *ec2.Options) {
			o.Reservations = []ec2.Reservation{{ID: "x", InstanceType: "m5.large", Zone: "z"}, {ID: "x", InstanceType: "m5.large", Zone: "z"}}
		},
	} {
		o := o
		spoil(&o)
		_, err := o.Catalog()
		require.ErrorContains(t, err, want)
	}
}
