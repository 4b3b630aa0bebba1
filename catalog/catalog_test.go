package catalog_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

// resources builds a list from alternating names and quantities.
func resources(pairs ...string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return list
}

// text makes a list comparable: quantities have several forms in memory.
func text(list corev1.ResourceList) map[string]string {
	m := map[string]string{}
	for name, q := range list {
		m[string(name)] = q.String()
	}
	return m
}

func TestKeyMatches(t *testing.T) {
	key := catalog.Key{InstanceType: "m5.large", Zone: "a", CapacityType: catalog.Reserved, ReservationID: "cr-1"}
	for pattern, want := range map[catalog.Key]bool{
		{}:                                 true,
		key:                                true,
		{Zone: "a"}:                        true,
		{Zone: "b"}:                        false,
		{InstanceType: "m5.xlarge"}:        false,
		{CapacityType: catalog.Spot}:       false,
		{ReservationID: "cr-2"}:            false,
		{Zone: "a", ReservationID: "cr-1"}: true,
	} {
		require.Equal(t, want, pattern.Matches(key), "%+v", pattern)
	}
}

func TestAllocatable(t *testing.T) {
	it := &catalog.InstanceType{
		Capacity: resources("cpu", "2", "memory", "8Gi", "pods", "29", "example.com/disk", "1"),
		Overhead: resources("cpu", "70m", "memory", "1Gi", "example.com/disk", "3", "example.com/other", "1"),
		Offerings: []catalog.Offering{
			{},
			{Allocatable: resources("memory", "6Gi", "example.com/licence", "1")},
		},
	}
	alloc := map[string]string{"cpu": "1930m", "memory": "7Gi", "pods": "29", "example.com/disk": "0"}
	require.Equal(t, alloc, text(it.Allocatable()))
	require.Equal(t, alloc, text(it.AllocatableOf(0)))
	alloc["memory"], alloc["example.com/licence"] = "6Gi", "1"
	require.Equal(t, alloc, text(it.AllocatableOf(1)))

	require.Equal(t, "2", it.Capacity.Cpu().String(), "the type is not modified")
	require.Len(t, it.Offerings[1].Allocatable, 2, "the offering is not modified")
}

func TestOfferings(t *testing.T) {
	c := catalog.Catalog{
		{Name: "x", Offerings: []catalog.Offering{{Zone: "b"}, {Zone: "a", Limit: 7}}},
		nil,
		{Name: "y"},
		{Name: "z", Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.Spot}}},
	}
	var got []string
	for key, offering := range c.Offerings() {
		got = append(got, fmt.Sprint(key.InstanceType, key.Zone, key.CapacityType, offering.Limit))
	}
	require.Equal(t, []string{"xb0", "xa7", "zaspot0"}, got)
}

func TestOfferingLabels(t *testing.T) {
	it := &catalog.InstanceType{
		Name: "m5.large",
		Labels: map[string]string{
			"kubernetes.io/arch":          "amd64",
			"beta.kubernetes.io/arch":     "stale",
			"beta.kubernetes.io/os":       "linux",
			"topology.kubernetes.io/zone": "nowhere",
		},
		Offerings: []catalog.Offering{
			{Zone: "us-west-2a", CapacityType: catalog.OnDemand},
			{},
		},
	}
	want := map[string]string{
		"kubernetes.io/arch":                     "amd64",
		"beta.kubernetes.io/arch":                "amd64",
		"kubernetes.io/os":                       "linux",
		"beta.kubernetes.io/os":                  "linux",
		"node.kubernetes.io/instance-type":       "m5.large",
		"beta.kubernetes.io/instance-type":       "m5.large",
		"topology.kubernetes.io/zone":            "us-west-2a",
		"failure-domain.beta.kubernetes.io/zone": "us-west-2a",
		"karpenter.sh/capacity-type":             "on-demand",
	}
	labels := it.OfferingLabels(0)
	require.Equal(t, want, labels)
	labels["x"] = "y"
	require.Len(t, it.Labels, 4, "the map is the caller's own")

	labels = it.OfferingLabels(1)
	require.Equal(t, "nowhere", labels["topology.kubernetes.io/zone"])
	require.NotContains(t, labels, "karpenter.sh/capacity-type")
}

func TestValidateAcceptsWhatIsLegal(t *testing.T) {
	require.NoError(t, catalog.Catalog(nil).Validate())
	require.NoError(t, catalog.Catalog{
		{Name: "free", Capacity: resources("cpu", "1", "memory", "7Ei"), Overhead: resources("cpu", "2", "x", "1"),
			Offerings: []catalog.Offering{{}, {ReservationID: "cr-1"}, {Zone: "a"}, {CapacityType: catalog.Spot}}},
		{Name: "unsold"},
	}.Validate())
}

func TestValidateReportsEveryFault(t *testing.T) {
	huge := resource.MustParse("8Ei")
	huge.Add(huge)
	c := catalog.Catalog{
		{Name: "a", Offerings: []catalog.Offering{
			{Price: -catalog.USD},
			{Zone: "z", Limit: -2},
			{Zone: "z", Price: 1, Allocatable: resources("pods", "-1")},
		}},
		nil,
		{Name: "", Capacity: resources("cpu", "-1m", "memory", "1e30", "pods", "1e2147483646", "x", "-1e2147483646", "y", "0e2147483647")},
		{Name: "a", Overhead: corev1.ResourceList{"memory": huge}},
		{Name: "c", Capacity: corev1.ResourceList{
			"cpu":  *resource.NewQuantity(math.MaxInt64/1000+1, resource.DecimalSI),
			"pods": *resource.NewQuantity(math.MaxInt64/1000+1, resource.DecimalSI),
		}},
	}
	err := c.Validate()
	require.Equal(t, strings.Join([]string{
		"Catalog[0].Offerings[0].Price: -1 is negative",
		"Catalog[0].Offerings[1].Limit: -2 is negative",
		"Catalog[0].Offerings[2]: has the zone, capacity type and reservation of Offerings[1]",
		"Catalog[0].Offerings[2].Allocatable[pods]: -1 is negative",
		"Catalog[1]: is nil",
		"Catalog[2].Name: is empty",
		"Catalog[2].Capacity[cpu]: -1m is negative",
		"Catalog[2].Capacity[memory]: 1e30 is more than 64 bits hold",
		"Catalog[2].Capacity[pods]: 1e2147483646 is more than 64 bits hold",
		"Catalog[2].Capacity[x]: -1e2147483646 is negative",
		`Catalog[3].Name: "a" is the name of Catalog[0] too`,
		"Catalog[3].Overhead[memory]: 18446744073709551614 is more than 64 bits hold",
		"Catalog[4].Capacity[cpu]: 9223372036854776 is more than 64 bits hold",
	}, "\n"), err.Error())

	var invalid *catalog.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "Catalog[0].Offerings[0].Price", invalid.Path)
}
