package catalog_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
)

func requirement(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: op, Values: values}
}

func shop() catalog.Catalog {
	offerings := []catalog.Offering{
		{Zone: "a", CapacityType: catalog.OnDemand, Price: 2},
		{Zone: "b", CapacityType: catalog.Spot, Price: 1},
	}
	return catalog.Catalog{
		{Name: "small", Labels: map[string]string{"kubernetes.io/arch": "amd64", "cpu": "2"}, Offerings: offerings},
		{Name: "large", Labels: map[string]string{"kubernetes.io/arch": "arm64", "cpu": "16", "gpu": "t4g"}, Offerings: offerings[:1]},
		{Name: "unsold", Labels: map[string]string{"cpu": "many"}},
	}
}

func keys(c catalog.Catalog) []string {
	var ks []string
	for k := range c.Offerings() {
		ks = append(ks, fmt.Sprintf("%s/%s", k.InstanceType, k.Zone))
	}
	return ks
}

func TestSelect(t *testing.T) {
	const (
		in, notIn            = corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn
		exists, doesNotExist = corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist
		gt, lt               = corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt
	)
	all := []string{"small/a", "small/b", "large/a"}
	type reqs = []corev1.NodeSelectorRequirement
	for _, test := range []struct {
		name string
		reqs reqs
		want []string
	}{
		{"no requirement", nil, all},
		{"in", reqs{requirement("kubernetes.io/arch", in, "amd64", "s390x")}, all[:2]},
		{"in, absent key", reqs{requirement("gpu", in, "")}, nil},
		{"not in", reqs{requirement("kubernetes.io/arch", notIn, "arm64")}, all[:2]},
		{"not in, absent key", reqs{requirement("gpu", notIn, "t4g")}, all[:2]},
		{"exists", reqs{requirement("gpu", exists)}, all[2:]},
		{"does not exist", reqs{requirement("gpu", doesNotExist)}, all[:2]},
		{"greater, as integers", reqs{requirement("cpu", gt, "9")}, all[2:]},
		{"greater, not equal", reqs{requirement("cpu", gt, "2")}, all[2:]},
		{"less", reqs{requirement("cpu", lt, "16")}, all[:2]},
		{"less, absent key", reqs{requirement("nvme", lt, "1")}, nil},
		{"greater, not a number", reqs{requirement("gpu", gt, "0")}, nil},
		{"zone of the offering", reqs{requirement("topology.kubernetes.io/zone", in, "b")}, all[1:2]},
		{"capacity type of the offering", reqs{requirement(catalog.CapacityTypeLabel, in, "on-demand")}, []string{"small/a", "large/a"}},
		{"instance type", reqs{requirement("node.kubernetes.io/instance-type", notIn, "small")}, all[2:]},
		{"older key", reqs{requirement("beta.kubernetes.io/arch", in, "arm64")}, all[2:]},
		{"older key of the zone", reqs{requirement("failure-domain.beta.kubernetes.io/zone", notIn, "a")}, all[1:2]},
		{"all must hold", reqs{requirement("cpu", lt, "16"), requirement("topology.kubernetes.io/zone", in, "a")}, all[:1]},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := shop()
			got, err := c.Select(test.reqs...)
			require.NoError(t, err)
			require.Equal(t, test.want, keys(got))
			require.Equal(t, shop(), c, "the catalog is not modified")
		})
	}
}

func TestSelectKeepsTheRest(t *testing.T) {
	got, err := shop().Select(requirement("topology.kubernetes.io/zone", corev1.NodeSelectorOpIn, "a"))
	require.NoError(t, err)
	want := shop()[:2]
	want[0].Offerings = want[0].Offerings[:1]
	require.Equal(t, want, got)
}

func TestSelectRefuses(t *testing.T) {
	for want, req := range map[string]corev1.NodeSelectorRequirement{
		"has no key":                          requirement("", corev1.NodeSelectorOpExists),
		`k: operator "Near" is not known`:     requirement("k", "Near", "v"),
		`k: operator "" is not known`:         requirement("k", ""),
		"k In needs a value":                  requirement("k", corev1.NodeSelectorOpIn),
		"k NotIn needs a value":               requirement("k", corev1.NodeSelectorOpNotIn),
		`k Exists takes no value, has ["v"]`:  requirement("k", corev1.NodeSelectorOpExists, "v"),
		`k DoesNotExist takes no value, has `: requirement("k", corev1.NodeSelectorOpDoesNotExist, "v", "w"),
		`k Gt needs one value, has []`:        requirement("k", corev1.NodeSelectorOpGt),
		`k Lt needs one value, has ["1" "2"]`: requirement("k", corev1.NodeSelectorOpLt, "1", "2"),
		`k Gt needs an integer, has "1.5"`:    requirement("k", corev1.NodeSelectorOpGt, "1.5"),
	} {
		_, err := shop().Select(requirement("ok", corev1.NodeSelectorOpExists), req)
		require.ErrorContains(t, err, "Requirements[1]: "+want)
		var invalid *catalog.InvalidError
		require.ErrorAs(t, err, &invalid)
	}
	_, err := catalog.Catalog{nil}.Select()
	require.EqualError(t, err, "Catalog[0]: is nil")
}
