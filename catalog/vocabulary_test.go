package catalog_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

// gke is a type with labels of its own cloud.
func gke() *catalog.InstanceType {
	return &catalog.InstanceType{
		Name: "n2-standard-4/linux", TypeLabel: "n2-standard-4", CapacityTypeKey: "cloud.google.com/gke-provisioning",
		Labels: map[string]string{"kubernetes.io/os": "linux", "topology.gke.io/zone": "none", "beta.kubernetes.io/arch": "amd64"},
		Offerings: []catalog.Offering{
			{Zone: "europe-west1-b", CapacityType: catalog.OnDemand, Labels: map[string]string{
				"cloud.google.com/gke-provisioning": "standard", "topology.gke.io/zone": "europe-west1-b",
			}},
			{Zone: "europe-west1-c", CapacityType: catalog.Spot, Labels: map[string]string{"cloud.google.com/gke-spot": "true"}},
			{},
		},
	}
}

func TestLabelsThatFollowTheOffering(t *testing.T) {
	it := gke()
	require.Equal(t, map[string]string{
		"node.kubernetes.io/instance-type": "n2-standard-4", "beta.kubernetes.io/instance-type": "n2-standard-4",
		"topology.kubernetes.io/zone": "europe-west1-b", "failure-domain.beta.kubernetes.io/zone": "europe-west1-b",
		"kubernetes.io/os": "linux", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "beta.kubernetes.io/arch": "amd64",
		"topology.gke.io/zone": "europe-west1-b", "cloud.google.com/gke-provisioning": "standard",
	}, it.OfferingLabels(0))
	require.Equal(t, "spot", it.OfferingLabels(1)["cloud.google.com/gke-provisioning"])
	require.Equal(t, "true", it.OfferingLabels(1)["cloud.google.com/gke-spot"])
	require.NotContains(t, it.OfferingLabels(1), catalog.CapacityTypeLabel)
	require.NotContains(t, it.OfferingLabels(2), "cloud.google.com/gke-provisioning")
	require.Equal(t, "none", it.OfferingLabels(2)["topology.gke.io/zone"])
	require.Equal(t, catalog.Key{InstanceType: "n2-standard-4/linux", Zone: "europe-west1-c", CapacityType: catalog.Spot}, it.Key(1))
}

// The map and the look-up say the same of every key.
func TestOfferingLabelIsOfOfferingLabels(t *testing.T) {
	all := map[string]bool{"none": true}
	types := append(market(), gke())
	for _, it := range types {
		for i := range it.Offerings {
			for key := range it.OfferingLabels(i) {
				all[key] = true
			}
		}
	}
	for _, it := range types {
		for i := range it.Offerings {
			labels := it.OfferingLabels(i)
			for _, key := range slices.Sorted(maps.Keys(all)) {
				want, has := labels[key]
				got, ok := it.OfferingLabel(i, key)
				require.Equal(t, has, ok, key)
				require.Equal(t, want, got, key)
			}
		}
	}
}

func market() catalog.Catalog {
	return catalog.Catalog{
		{
			Name:    "box",
			Labels:  map[string]string{"disk": "no"},
			Choices: map[string][]string{corev1.LabelOSStable: {"linux", "windows"}, corev1.LabelArchStable: {"amd64", "arm64"}},
			Offerings: []catalog.Offering{
				{Zone: "a", CapacityType: catalog.OnDemand, Labels: map[string]string{"rack": "1"}},
				{Zone: "b", CapacityType: catalog.OnDemand, Labels: map[string]string{"rack": "20"}},
			},
		},
		{Name: "plain", Offerings: []catalog.Offering{{Zone: "a"}}},
	}
}

func in(key string, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
}

func TestSelectNarrowsChoices(t *testing.T) {
	c, err := market().Select(in("beta.kubernetes.io/os", "windows", "plan9"))
	require.NoError(t, err)
	require.Len(t, c, 1)
	require.Equal(t, map[string]string{"disk": "no", "kubernetes.io/os": "windows"}, c[0].Labels)
	require.Equal(t, map[string][]string{"kubernetes.io/arch": {"amd64", "arm64"}}, c[0].Choices)
	require.Len(t, c[0].Offerings, 2)

	c, err = c.Select(in("kubernetes.io/arch", "arm64"), corev1.NodeSelectorRequirement{Key: "rack", Operator: "Gte", Values: []string{"20"}})
	require.NoError(t, err)
	require.Nil(t, c[0].Choices)
	require.Equal(t, "b", c[0].Offerings[0].Zone)
	require.Len(t, c[0].Offerings, 1)

	c, err = market().Select(in("kubernetes.io/os", "plan9"))
	require.NoError(t, err)
	require.Empty(t, c)

	c, err = market().Select(corev1.NodeSelectorRequirement{Key: "rack", Operator: "Lte", Values: []string{"1"}})
	require.NoError(t, err)
	require.Equal(t, []string{"linux", "windows"}, c[0].Choices["kubernetes.io/os"], "left open")
	require.Equal(t, map[string]string{"disk": "no"}, market()[0].Labels)
}

func TestValidateVocabulary(t *testing.T) {
	require.NoError(t, append(market(), gke()).Validate())
	for want, spoil := range map[string]func(*catalog.InstanceType){
		"Catalog[0].Choices[kubernetes.io/os]: has no value":                                 func(t *catalog.InstanceType) { t.Choices[corev1.LabelOSStable] = nil },
		`Catalog[0].Choices[kubernetes.io/os]: has "x" twice`:                                func(t *catalog.InstanceType) { t.Choices[corev1.LabelOSStable] = []string{"x", "x"} },
		"Catalog[0].Choices[disk]: is a label of the type too":                               func(t *catalog.InstanceType) { t.Choices["disk"] = []string{"yes"} },
		"Catalog[0].Choices[rack]: is a label of Offerings[1] too":                           func(t *catalog.InstanceType) { t.Choices["rack"] = []string{"1"} },
		"Catalog[0].Choices[topology.kubernetes.io/zone]: is not a label that can be chosen": func(t *catalog.InstanceType) { t.Choices[corev1.LabelTopologyZone] = []string{"a"} },
		"Catalog[0].Choices[k]: is not a label that can be chosen":                           func(t *catalog.InstanceType) { t.CapacityTypeKey, t.Choices["k"] = "k", []string{"a"} },
		"Catalog[0].Choices[beta.kubernetes.io/os]: is not a label that can be chosen":       func(t *catalog.InstanceType) { t.Choices["beta.kubernetes.io/os"] = []string{"a"} },
		`Offerings[0].Labels[topology.kubernetes.io/zone]: is "z", and the zone "a"`:         func(t *catalog.InstanceType) { t.Offerings[0].Labels["failure-domain.beta.kubernetes.io/zone"] = "z" },
		`Offerings[1].Labels[node.kubernetes.io/instance-type]: is "z", and the instance type "machine"`: func(t *catalog.InstanceType) {
			t.TypeLabel, t.Offerings[1].Labels[corev1.LabelInstanceTypeStable] = "machine", "z"
		},
	} {
		c := market()
		spoil(c[0])
		require.ErrorContains(t, c.Validate(), want)
	}
}

func TestExtend(t *testing.T) {
	fuse := corev1.ResourceList{"smarter-devices/fuse": *resource.NewQuantity(20, resource.DecimalSI)}
	c, err := market().Extend(fuse, in("rack", "20"))
	require.NoError(t, err)
	require.Len(t, c, 2)
	require.Equal(t, fuse, c[0].Capacity, "the whole type, if one offering meets it")
	require.Nil(t, c[1].Capacity)
	require.Equal(t, market()[0].Choices, c[0].Choices)
	c, err = c.Extend(corev1.ResourceList{"smarter-devices/fuse": resource.MustParse("1")})
	require.NoError(t, err)
	require.Equal(t, "1", text(c[0].Capacity)["smarter-devices/fuse"])
	require.Equal(t, "1", text(c[1].Capacity)["smarter-devices/fuse"])

	_, err = market().Extend(corev1.ResourceList{"cpu": resource.MustParse("1")})
	require.EqualError(t, err, "Resources[cpu]: is the machine's own")
	_, err = market().Extend(corev1.ResourceList{"x/y": resource.MustParse("-1")})
	require.EqualError(t, err, "Resources[x/y]: -1 is negative")
	_, err = market().Extend(fuse, corev1.NodeSelectorRequirement{})
	require.EqualError(t, err, "Requirements[0]: has no key")
}
