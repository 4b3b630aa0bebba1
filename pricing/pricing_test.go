package pricing_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

func key(instanceType, zone string) catalog.Key {
	return catalog.Key{InstanceType: instanceType, Zone: zone, CapacityType: catalog.Spot}
}

// offer is an offering of this key.
func offer(k catalog.Key) pricing.Offer {
	return pricing.Offer{Type: &catalog.InstanceType{Name: k.InstanceType, Offerings: []catalog.Offering{
		{Zone: k.Zone, CapacityType: k.CapacityType, ReservationID: k.ReservationID},
	}}}
}

type prices = map[catalog.Key]catalog.Price

func table(p prices) pricing.Table { return pricing.Table{Prices: p} }

func priceOf(t *testing.T, src pricing.Source, k catalog.Key) catalog.Price {
	t.Helper()
	q, err := src.Quote(offer(k))
	require.NoError(t, err)
	return q.Price()
}

func TestTableKnowsItsKeysOnly(t *testing.T) {
	src := table(prices{key("x", "a"): 5, {InstanceType: "x"}: 6, key("free", "a"): 0})
	for k, want := range src.Prices {
		require.Equal(t, want, priceOf(t, src, k))
	}
	for _, k := range []catalog.Key{{}, key("x", "b"), key("x", ""), {InstanceType: "x", Zone: "a"}} {
		_, err := src.Quote(offer(k))
		require.ErrorIs(t, err, pricing.ErrUnknown, "%+v", k)
	}
	_, err := pricing.Table{}.Quote(offer(key("x", "a")))
	require.ErrorIs(t, err, pricing.ErrUnknown)
}

func TestFirst(t *testing.T) {
	srcs := []pricing.Source{nil, table(prices{key("x", "a"): 1}), table(prices{key("x", "a"): 2, key("x", "b"): 3})}
	src := pricing.First(srcs...)
	srcs[1] = nil
	require.Equal(t, catalog.Price(1), priceOf(t, src, key("x", "a")))
	require.Equal(t, catalog.Price(3), priceOf(t, src, key("x", "b")))
	_, err := src.Quote(offer(key("y", "a")))
	require.ErrorIs(t, err, pricing.ErrUnknown)
	_, err = pricing.First().Quote(offer(key("x", "a")))
	require.ErrorIs(t, err, pricing.ErrUnknown)
}

func TestMaxAge(t *testing.T) {
	now := time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC)
	spot := pricing.Table{Name: "Spot", AsOf: now.Add(-49 * time.Hour), Prices: prices{key("x", "a"): 1}}
	_, err := pricing.MaxAge(spot, now, 48*time.Hour).Quote(offer(key("x", "a")))
	var stale *pricing.StaleError
	require.ErrorAs(t, err, &stale)
	require.EqualError(t, err, "Spot is 49h0m0s old, most is 48h0m0s")

	_, err = pricing.First(pricing.MaxAge(spot, now, 48*time.Hour), table(nil)).Quote(offer(key("x", "a")))
	require.ErrorAs(t, err, &stale, "the reason is not lost behind a source that does not know")
	require.Equal(t, catalog.Price(1), priceOf(t, pricing.MaxAge(spot, now, 49*time.Hour), key("x", "a")))
	require.Equal(t, catalog.Price(2), priceOf(t, pricing.MaxAge(table(prices{key("x", "a"): 2}), now, 0), key("x", "a")), "not dated")
	_, err = pricing.MaxAge(nil, now, 0).Quote(offer(key("x", "a")))
	require.ErrorIs(t, err, pricing.ErrUnknown)

	_, err = pricing.Apply(shop()[:1], pricing.MaxAge(spot, now, 48*time.Hour))
	require.ErrorAs(t, err, &stale, "Apply says so")
}

func TestReservations(t *testing.T) {
	src := pricing.Reservations{Margin: 1, Of: map[string]catalog.Price{"cr-2": 7}}
	for id, want := range map[string]catalog.Price{"cr-1": 1, "cr-2": 7} {
		require.Equal(t, want, priceOf(t, src, catalog.Key{InstanceType: "x", CapacityType: catalog.Reserved, ReservationID: id}))
	}
	_, err := src.Quote(offer(key("x", "a")))
	require.ErrorIs(t, err, pricing.ErrUnknown)
	q, err := pricing.Reservations{}.Quote(offer(catalog.Key{ReservationID: "cr-9"}))
	require.NoError(t, err)
	require.Equal(t, "0 USD = 0 reservation cr-9, at the margin", q.String())
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

func TestApplyKnown(t *testing.T) {
	c := shop()
	priced, unpriced := pricing.ApplyKnown(c, table(prices{key("x", "a"): 2, key("z", "a"): 3}))
	require.Equal(t, shop(), c, "the input is not modified")
	require.Equal(t, []pricing.Unpriced{{Offering: key("x", "b"), Err: pricing.ErrUnknown}, {Offering: key("y", "a"), Err: pricing.ErrUnknown}}, unpriced)

	want := shop()[:2]
	want[0].Offerings = want[0].Offerings[1:]
	want[0].Offerings[0].Price = 2
	require.Equal(t, want, priced)
}

func TestApply(t *testing.T) {
	all := table(prices{key("x", "a"): 2, key("x", "b"): 3, key("y", "a"): 4})
	priced, err := pricing.Apply(shop(), all)
	require.NoError(t, err)
	require.Equal(t, catalog.Price(3), priced[0].Offerings[0].Price)
	require.Len(t, priced, 3, "a type that is not sold is left out, a nil stays")

	delete(all.Prices, key("x", "b"))
	priced, err = pricing.Apply(shop(), all)
	require.Nil(t, priced)
	require.EqualError(t, err, "1 of 3 offerings have no price (2 of 2 types have one): x in b, spot: no source knows its price")
	var unpriced *pricing.UnpricedError
	require.ErrorAs(t, err, &unpriced)
	require.Equal(t, []pricing.Unpriced{{Offering: key("x", "b"), Err: pricing.ErrUnknown}}, unpriced.Unpriced)
	require.ErrorIs(t, err, pricing.ErrUnknown)
}

// A list of on-demand prices does not price Spot, and says so.
func TestApplyWithoutPrices(t *testing.T) {
	onDemand := table(prices{{InstanceType: "x", Zone: "a", CapacityType: catalog.OnDemand}: 1})
	for _, src := range []pricing.Source{nil, onDemand, pricing.First(), pricing.Stack(nil)} {
		_, err := pricing.Apply(shop(), src)
		require.ErrorContains(t, err, "3 of 3 offerings have no price (0 of 2 types have one)")
		priced, unpriced := pricing.ApplyKnown(shop(), src)
		require.Equal(t, catalog.Catalog{nil}, priced)
		require.Len(t, unpriced, 3)
	}
	priced, err := pricing.Apply(nil, onDemand)
	require.NoError(t, err)
	require.Empty(t, priced)
}

func TestApplyKeepsToOneCurrency(t *testing.T) {
	src := pricing.First(table(prices{key("x", "b"): 1}), pricing.Table{Currency: "CNY", Prices: prices{key("x", "a"): 1, key("y", "a"): 1}})
	_, unpriced := pricing.ApplyKnown(shop(), src)
	require.Len(t, unpriced, 2)
	require.EqualError(t, unpriced[0].Err, "its price is in CNY, that of others in USD")
}

// A price that a source made negative is not lost on the way to Validate.
func TestApplyLeavesNegativePricesToValidate(t *testing.T) {
	priced, _ := pricing.ApplyKnown(shop()[:1], table(prices{key("x", "b"): -5}))
	require.EqualError(t, priced.Validate(), "Catalog[0].Offerings[0].Price: -0.000000005 is negative")
}

func TestExplain(t *testing.T) {
	q, err := pricing.Explain(shop(), pricing.Table{Name: "list", Currency: "EUR", Prices: prices{key("x", "a"): catalog.USD}}, key("x", "a"))
	require.NoError(t, err)
	require.Equal(t, "1 EUR = 1 list", q.String())
	_, err = pricing.Explain(shop(), nil, key("x", "a"))
	require.ErrorIs(t, err, pricing.ErrUnknown)
	_, err = pricing.Explain(shop(), nil, key("x", "c"))
	require.EqualError(t, err, "the catalog has no such offering")
}

type broken struct{}

func (broken) Add(pricing.Offer, catalog.Price) (pricing.Step, error) {
	return pricing.Step{}, errors.New("the layer is broken")
}

func TestStackStopsAtAFault(t *testing.T) {
	_, err := pricing.Stack(table(prices{key("x", "a"): 1}), broken{}, pricing.Bounds{Least: 1}).Quote(offer(key("x", "a")))
	require.EqualError(t, err, "the layer is broken")
}
