package ec2_test

import (
	"encoding/csv"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// documented is what Karpenter documents of a type.
type documented struct {
	name                string
	labels, allocatable map[string]string
}

func readDocumented(t *testing.T) []documented {
	f, err := os.Open("testdata/documented.csv")
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	header := records[0]
	var types []documented
	for _, record := range records[1:] {
		d := documented{name: record[0], labels: map[string]string{}, allocatable: map[string]string{}}
		for i, value := range record {
			label, isLabel := strings.CutPrefix(header[i], "label:")
			resource, isResource := strings.CutPrefix(header[i], "allocatable:")
			switch {
			case value == "":
			case isLabel:
				d.labels[label] = value
			case isResource:
				d.allocatable[resource] = value
			}
		}
		types = append(types, d)
	}
	return types
}

// text makes a list comparable with quantities as they are documented.
func text(list corev1.ResourceList) map[string]string {
	m := map[string]string{}
	for name, q := range list {
		m[string(name)] = q.String()
	}
	return m
}

// Every label and every allocatable resource of every type is as documented in every
// region whose prices are embedded: none is wrong, missing or too many. A type has the
// price of the list, or the catalog does not have it. (That each price of the lists is
// exact is a test of package pricing/ec2.)
func TestAllTypesAreAsDocumented(t *testing.T) {
	want := readDocumented(t)
	require.Len(t, want, 1363)
	for region, types := range map[string]int{"us-east-1": 1345, "us-gov-east-1": 545, "us-gov-west-1": 750, "us-west-2": 27, "cn-north-1": 304} {
		c, err := ec2.Options{Region: region}.Catalog()
		require.NoError(t, err)
		require.NoError(t, c.Validate())
		require.Len(t, c, len(want))
		for i, d := range want {
			require.Equal(t, d.name, c[i].Name)
			// Beside what is documented: the region, and a label of earlier releases.
			labels := maps.Clone(d.labels)
			labels["topology.kubernetes.io/region"] = region
			labels["karpenter.k8s.aws/instance-pods"] = d.allocatable["pods"]
			require.Equal(t, labels, c[i].Labels, d.name)
			allocatable := c[i].Allocatable()
			require.Positive(t, allocatable.Name(ec2.VolumeResource, resource.DecimalSI).Value())
			delete(allocatable, ec2.VolumeResource) // not of a node, but of its CSINode
			require.Equal(t, d.allocatable, text(allocatable), d.name)
		}
		list, err := prices.OnDemand(region)
		require.NoError(t, err)
		priced, unpriced := pricing.ApplyKnown(c, list)
		require.Len(t, priced, types, region)
		require.Len(t, unpriced, 3*(1363-types))
		for key, o := range priced.Offerings() {
			require.Equal(t, list.Prices[key.InstanceType], o.Price)
		}
	}
}

func TestCapacityIsTheMachine(t *testing.T) {
	c, err := ec2.Options{Region: "us-west-2", Types: []string{"m5.large", "m6g.large"}, Node: ec2.Node{RootVolumeGiB: 100, MaxVolumes: ec2.NoVolumeLimit}}.Catalog()
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"cpu": "2", "memory": "7577Mi", "ephemeral-storage": "100Gi", "pods": "29", "vpc.amazonaws.com/pod-eni": "9",
	}, text(c[0].Capacity))
	require.Equal(t, map[string]string{"cpu": "70m", "memory": "674Mi", "ephemeral-storage": "11Gi"}, text(c[0].Overhead))
	require.Equal(t, "89Gi", text(c[0].Allocatable())["ephemeral-storage"])
	require.Equal(t, "7518Mi", text(c[1].Capacity)["memory"], "64 MiB less before the 7.5%")
}

func TestSmallRootVolume(t *testing.T) {
	c, err := ec2.Options{Region: "us-west-2", Types: []string{"m5.large"}, Node: ec2.Node{RootVolumeGiB: 1}}.Catalog()
	require.NoError(t, err)
	require.Equal(t, "0", text(c[0].Allocatable())["ephemeral-storage"])
}

func keys(c catalog.Catalog) []catalog.Key {
	var ks []catalog.Key
	for k := range c.Offerings() {
		ks = append(ks, k)
	}
	return ks
}

func TestOfferings(t *testing.T) {
	o := ec2.Options{Region: "us-west-2", Types: []string{"m5.large"}}
	c, err := o.Catalog()
	require.NoError(t, err)
	require.Equal(t, []catalog.Key{
		{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.OnDemand},
		{InstanceType: "m5.large", Zone: "us-west-2b", CapacityType: catalog.OnDemand},
		{InstanceType: "m5.large", Zone: "us-west-2c", CapacityType: catalog.OnDemand},
	}, keys(c))

	o.Zones = []string{"us-west-2d", "us-west-2a"}
	o.CapacityTypes = []catalog.CapacityType{catalog.Spot, catalog.OnDemand}
	c, err = o.Catalog()
	require.NoError(t, err)
	require.Equal(t, []catalog.Key{
		{InstanceType: "m5.large", Zone: "us-west-2d", CapacityType: catalog.Spot},
		{InstanceType: "m5.large", Zone: "us-west-2d", CapacityType: catalog.OnDemand},
		{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.Spot},
		{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.OnDemand},
	}, keys(c))
}

func names(c catalog.Catalog) []string {
	var ns []string
	for _, t := range c {
		ns = append(ns, t.Name)
	}
	return ns
}

func TestChoice(t *testing.T) {
	arm := corev1.NodeSelectorRequirement{Key: corev1.LabelArchStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"arm64"}}
	small := corev1.NodeSelectorRequirement{Key: "karpenter.k8s.aws/instance-cpu", Operator: corev1.NodeSelectorOpLt, Values: []string{"3"}}
	for _, test := range []struct {
		name    string
		options ec2.Options
		want    []string
	}{
		{"types, in the table's order", ec2.Options{Types: []string{"m5.large", "c5.large", "m5.large"}}, []string{"c5.large", "m5.large"}},
		{"families", ec2.Options{Families: []string{"trn2", "a1"}}, []string{"a1.medium", "a1.large", "a1.xlarge", "a1.2xlarge", "a1.4xlarge", "a1.metal", "trn2.48xlarge"}},
		{"both", ec2.Options{Types: []string{"m5.large"}, Families: []string{"trn2"}}, []string{"m5.large", "trn2.48xlarge"}},
		{"requirements narrow", ec2.Options{Families: []string{"a1", "trn2"}, Requirements: []corev1.NodeSelectorRequirement{arm, small}}, []string{"a1.medium", "a1.large"}},
		{"a family is not a prefix", ec2.Options{Families: []string{"u-3tb1"}}, []string{"u-3tb1.56xlarge"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Region = "us-west-2"
			c, err := test.options.Catalog()
			require.NoError(t, err)
			require.Equal(t, test.want, names(c))
		})
	}
}

func TestRefuses(t *testing.T) {
	for want, o := range map[string]ec2.Options{
		"ec2: Region is empty":                                  {},
		"ec2: Zones[1]: r-a is there twice":                     {Region: "r", Zones: []string{"r-a", "r-a"}},
		"ec2: Zones[0]: is empty":                               {Region: "r", Zones: []string{""}},
		"ec2: CapacityTypes[2]: spot is there twice":            {Region: "r", CapacityTypes: []catalog.CapacityType{"spot", "x", "spot"}},
		"ec2: Node.RootVolumeGiB: -1 is not from 0 to 65536":    {Region: "r", Node: ec2.Node{RootVolumeGiB: -1}},
		"ec2: Node.RootVolumeGiB: 65537 is not from 0 to 65536": {Region: "r", Node: ec2.Node{RootVolumeGiB: 65537}},
		"ec2: CapacityTypes: reserved is what Reservations":     {Region: "r", CapacityTypes: []catalog.CapacityType{"reserved"}},
		"ec2: Facts[0]: name: \"x\" is not like m5.large":       {Region: "r", Facts: []ec2.Type{{Name: "x"}}},
		"ec2: Facts[1]: a1.x is Facts[0] too":                   {Region: "r", Facts: []ec2.Type{{Name: "a1.x", VCPUs: 1, MemoryMiB: 1, Pods: 1}, {Name: "a1.x", VCPUs: 1, MemoryMiB: 1, Pods: 1}}},
		`ec2: Requirements[0]: k: operator "" is not known`:     {Region: "r", Requirements: []corev1.NodeSelectorRequirement{{Key: "k"}}},
		"ec2: unknown instance type m5.huge, M5.large":          {Region: "r", Types: []string{"m5.huge", "m5.large", "M5.large"}, Families: []string{"m5"}},
		"ec2: unknown instance type m5; unknown family q9, m":   {Region: "r", Types: []string{"m5", "m5.large"}, Families: []string{"q9", "m", "c5"}},
	} {
		c, err := o.Catalog()
		require.ErrorContains(t, err, want)
		require.Nil(t, c)
	}

	_, err := ec2.Options{Region: "r", Types: []string{"m5.huge"}}.Catalog()
	var unknown *ec2.UnknownError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, []string{"m5.huge"}, unknown.Types)
}

// Two catalogs from one Options share nothing that the caller could write.
func TestCatalogIsFresh(t *testing.T) {
	o := ec2.Options{Region: "us-west-2", Types: []string{"m5.large"}}
	first, err := o.Catalog()
	require.NoError(t, err)
	first[0].Offerings[0].Price = catalog.USD
	first[0].Labels["x"] = "y"
	second, err := o.Catalog()
	require.NoError(t, err)
	require.Zero(t, second[0].Offerings[0].Price)
	require.NotContains(t, second[0].Labels, "x")
}

// Whatever the table says, the catalog is sound or there is an error.
func FuzzTable(f *testing.F) {
	types, err := os.ReadFile("types.csv")
	require.NoError(f, err)
	lines := strings.SplitAfter(string(types), "\n")
	head := strings.Join(lines[:16], "")
	require.Contains(f, head, "a1.medium")
	f.Add(head)
	f.Add(strings.Replace(head, "2048", "1", 1))
	f.Add(strings.Replace(head, "2,4,10", "65535,65535,65535", 1))
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := ec2.ReadTable(strings.NewReader(text))
		if err != nil {
			return
		}
		c, err := ec2.Options{Region: "r", Facts: facts}.Catalog()
		require.NoError(t, err)
		require.NoError(t, c.Validate())
		for _, it := range c {
			for name, q := range it.Allocatable() {
				require.GreaterOrEqual(t, q.Sign(), 0, name)
			}
		}
	})
}
