package pricing_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

func key(instanceType, zone string) catalog.Key {
	return catalog.Key{InstanceType: instanceType, Zone: zone, CapacityType: catalog.Spot}
}

func TestTableKnowsItsKeysOnly(t *testing.T) {
	table := pricing.Table{key("x", "a"): 5, {InstanceType: "x"}: 6, key("free", "a"): 0}
	for k, want := range map[catalog.Key]catalog.Price{key("x", "a"): 5, {InstanceType: "x"}: 6, key("free", "a"): 0} {
		got, ok := table.Price(k)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, k := range []catalog.Key{{}, key("x", "b"), key("x", ""), {InstanceType: "x", Zone: "a"}} {
		_, ok := table.Price(k)
		require.False(t, ok, "%+v", k)
	}
	_, ok := pricing.Table(nil).Price(key("x", "a"))
	require.False(t, ok)
}

func TestFirst(t *testing.T) {
	srcs := []pricing.Source{
		nil,
		pricing.Table{key("x", "a"): 1},
		pricing.Table{key("x", "a"): 2, key("x", "b"): 3},
	}
	src := pricing.First(srcs...)
	srcs[1] = nil
	for k, want := range map[catalog.Key]catalog.Price{key("x", "a"): 1, key("x", "b"): 3} {
		got, ok := src.Price(k)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok := src.Price(key("y", "a"))
	require.False(t, ok)
	_, ok = pricing.First().Price(key("x", "a"))
	require.False(t, ok)
}

func TestAdjust(t *testing.T) {
	list := pricing.Table{key("x", "a"): 1000, key("x", "b"): 1001}
	discount := func(_ catalog.Key, p catalog.Price) catalog.Price { return p * 72 / 100 }
	licence := func(k catalog.Key, p catalog.Price) catalog.Price {
		if k.Zone == "b" {
			return p + 5
		}
		return p
	}
	src := pricing.Adjust(pricing.Adjust(list, discount), licence)
	for k, want := range map[catalog.Key]catalog.Price{key("x", "a"): 720, key("x", "b"): 725} {
		got, ok := src.Price(k)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok := pricing.Adjust(src, func(catalog.Key, catalog.Price) catalog.Price {
		t.Error("there is no price to adjust")
		return 1
	}).Price(key("y", "a"))
	require.False(t, ok)

	_, ok = pricing.Adjust(nil, discount).Price(key("x", "a"))
	require.False(t, ok)
	got, ok := pricing.Adjust(list, nil).Price(key("x", "a"))
	require.True(t, ok)
	require.Equal(t, catalog.Price(1000), got)
}

func shop() catalog.Catalog {
	cpu := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}
	return catalog.Catalog{
		{
			Name: "x", Labels: map[string]string{"k": "v"}, Capacity: cpu, Overhead: cpu,
			Offerings: []catalog.Offering{
				{Zone: "b", CapacityType: catalog.Spot, Price: 7},
				{Zone: "a", CapacityType: catalog.Spot, Price: 7, Allocatable: cpu, Limit: 3, Unavailable: true},
			},
		},
		nil,
		{Name: "y", Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.Spot, Price: 7}}},
		{Name: "unsold"},
	}
}

func TestApply(t *testing.T) {
	c := shop()
	priced, unknown := pricing.Apply(c, pricing.Table{key("x", "a"): 2, key("z", "a"): 3})
	require.Equal(t, shop(), c, "the input is not modified")
	require.Equal(t, []catalog.Key{key("x", "b"), key("y", "a")}, unknown)

	want := shop()[:2]
	want[0].Offerings = want[0].Offerings[1:]
	want[0].Offerings[0].Price = 2
	require.Equal(t, want, priced)
}

func TestApplyWithoutPrices(t *testing.T) {
	for _, src := range []pricing.Source{nil, pricing.Table(nil), pricing.First(), pricing.Adjust(nil, nil)} {
		priced, unknown := pricing.Apply(shop(), src)
		require.Equal(t, catalog.Catalog{nil}, priced)
		require.Equal(t, []catalog.Key{key("x", "b"), key("x", "a"), key("y", "a")}, unknown)
	}
	priced, unknown := pricing.Apply(nil, pricing.Table{})
	require.Empty(t, priced)
	require.Empty(t, unknown)
}

// A price that an adjustment made negative is not lost on the way to Validate.
func TestApplyLeavesNegativePricesToValidate(t *testing.T) {
	credit := pricing.Adjust(pricing.Table{key("x", "b"): 2}, func(_ catalog.Key, p catalog.Price) catalog.Price { return p - catalog.USD })
	priced, _ := pricing.Apply(shop()[:1], credit)
	require.EqualError(t, priced.Validate(), "Catalog[0].Offerings[0].Price: -0.999999998 is negative")
}
