package ec2_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/stowage/stowage/catalog/ec2"
)

// Capacity reservations of the account, and the ids of zones, from what two commands of
// AWS print.
func ExampleReadReservations() {
	file, err := os.Open("testdata/aws/reservations.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	reservations, err := ec2.ReadReservations(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	one := reservations[0]
	fmt.Println(one.Available, "of", one.InstanceType, "in", one.Zone, "are left of", one.ID)
	zones, err := ec2.ReadZones(strings.NewReader(`{"AvailabilityZones": [{"ZoneName": "eu-west-1a", "ZoneId": "euw1-az3"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := ec2.Options{
		Region: "eu-west-1", Zones: []string{"eu-west-1a"}, ZoneIDs: zones,
		Types:        []string{"m5.large"},
		Reservations: reservations[:1],
	}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, o := range c[0].Offerings {
		id, _ := c[0].OfferingLabel(i, "topology.k8s.aws/zone-id")
		fmt.Println(o.CapacityType, o.ReservationID, o.Limit, id)
	}
	// Output:
	// 3 of m5.large in eu-west-1a are left of cr-0a1b2c3d4e5f60001
	// on-demand  0 euw1-az3
	// reserved cr-0a1b2c3d4e5f60001 3 euw1-az3
}

// A name that is misspelled is no silent gap.
func ExampleUnknownError() {
	_, err := ec2.Options{Region: "us-west-2", Types: []string{"m5.lagre"}}.Catalog()
	var unknown *ec2.UnknownError
	fmt.Println(errors.As(err, &unknown), unknown.Types)
	// Output: true [m5.lagre]
}

// How nodes are set up decides what pods may use. The driver of EBS says itself how many
// volumes fit, so that the catalog need not.
func ExampleNode() {
	for _, node := range []ec2.Node{
		{},
		{Family: ec2.Bottlerocket, RootVolumeGiB: 2 * ec2.DefaultRootVolumeGiB},
		{MaxPods: 110, PrefixDelegation: true, MaxVolumes: ec2.NoVolumeLimit},
	} {
		c, err := ec2.Options{Region: "us-west-2", Types: []string{"m5.large"}, Node: node}.Catalog()
		if err != nil {
			fmt.Println(err)
			return
		}
		forPods := c[0].Allocatable()
		volumes, limited := forPods[ec2.VolumeResource]
		fmt.Println(forPods.Memory(), forPods.StorageEphemeral(), forPods.Pods(), volumes.String(), limited)
	}
	// Output:
	// 6903Mi 17Gi 29 26 true
	// 6903Mi 35Gi 29 25 true
	// 6903Mi 17Gi 110 0 false
}

// A type that the embedded table does not have yet. A table keeps such facts, or those
// that ReadTypes has read, for programs that have no access to AWS.
func ExampleWriteTable() {
	types := []ec2.Type{{
		Name: "g9.xlarge", Arch: "amd64", VCPUs: 4, MemoryMiB: 16_384, Hypervisor: "nitro", CPUMaker: "intel", ENIs: 4, IPv4PerENI: 15,
		GPU:     ec2.Device{Name: "l4", Maker: "nvidia", Count: 1, MemoryMiB: 24_576},
		Volumes: ec2.VolumeLimit{Count: 28},
	}}
	var file bytes.Buffer
	if err := ec2.WriteTable(&file, types); err != nil {
		fmt.Println(err)
		return
	}
	again, err := ec2.ReadTable(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := ec2.Options{Region: "us-west-2", Facts: again}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	forPods := c[0].Allocatable()
	gpus, volumes := forPods["nvidia.com/gpu"], forPods[ec2.VolumeResource]
	fmt.Println(c[0].Name, gpus.String(), volumes.String())
	// Output: g9.xlarge 1 27
}
