package ec2

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

// offer is an offering of this key.
func offer(k catalog.Key) pricing.Offer {
	return pricing.Offer{Type: &catalog.InstanceType{Name: k.InstanceType, Offerings: []catalog.Offering{
		{Zone: k.Zone, CapacityType: k.CapacityType, ReservationID: k.ReservationID},
	}}}
}

func onDemand(instanceType string) catalog.Key {
	return catalog.Key{InstanceType: instanceType, Zone: "any", CapacityType: catalog.OnDemand}
}

func TestOnDemandPrices(t *testing.T) {
	for region, prices := range map[string]map[string]string{
		"us-east-1": {
			"t4g.nano": "0.0042", "c5.large": "0.085", "m5.large": "0.096", "r5.large": "0.126", "m5.xlarge": "0.192",
			"p4d.24xlarge": "21.957642", "u7i-12tb.224xlarge": "125.58182",
		},
		"us-gov-east-1": {"t4g.nano": "0.0049", "c5.large": "0.102", "r5.large": "0.151", "p6-b200.48xlarge": "136.71936"},
		"us-gov-west-1": {"c5.large": "0.102", "m5.xlarge": "0.242"},
		"us-west-2":     {"c5.large": "0.085", "m5.large": "0.096", "r5.large": "0.126", "m5.xlarge": "0.192"},
	} {
		src, err := OnDemand(region)
		require.NoError(t, err)
		require.Equal(t, "USD", src.Currency)
		for name, want := range prices {
			q, err := src.Quote(offer(onDemand(name)))
			require.NoError(t, err, name)
			require.Equal(t, want, q.Price().String(), "%s in %s", name, region)
			require.Equal(t, want+" USD = "+want+" on-demand list of "+region+" (2026-07-20)", q.String())
		}
	}
}

func TestChinaIsInItsCurrency(t *testing.T) {
	src, err := OnDemand("cn-north-1")
	require.NoError(t, err)
	q, err := src.Quote(offer(onDemand("m5.large")))
	require.NoError(t, err)
	require.Equal(t, "CNY", q.InCurrency())
	require.Equal(t, time.Date(2024, 11, 6, 0, 0, 0, 0, time.UTC), src.AsOf)
}

// The digest and the sums were taken of the source with another program.
// Whoever refreshes the table takes them anew.
func TestEveryPriceIsExact(t *testing.T) {
	all := sha256.New()
	for _, want := range []struct {
		region string
		prices int
		sum    string
	}{
		{"us-east-1", 1367, "8272.033842"},
		{"us-gov-east-1", 549, "3851.09423"},
		{"us-gov-west-1", 770, "4986.33817"},
		{"us-west-2", 27, "56.691"},
		{"cn-north-1", 316, "10471.67723"},
	} {
		src, err := OnDemand(want.region)
		require.NoError(t, err)
		require.Len(t, src.Prices, want.prices)
		sum := catalog.Price(0)
		for _, name := range slices.Sorted(maps.Keys(src.Prices)) {
			sum += src.Prices[name]
			fmt.Fprintf(all, "%s,%s,%s\n", want.region, name, src.Prices[name])
		}
		require.Equal(t, want.sum, sum.String(), want.region)
	}
	require.Equal(t, "fb5aeb0e73497ccbdc864ff5b2b6998d6c938654157ca9f4d78fa2c2da6491a8", fmt.Sprintf("%x", all.Sum(nil)))
}

// The families of us-west-2 were copied from us-east-1, whole.
func TestOregonIsCopied(t *testing.T) {
	oregon, err := OnDemand("us-west-2")
	require.NoError(t, err)
	virginia, err := OnDemand("us-east-1")
	require.NoError(t, err)
	want := map[string]catalog.Price{}
	for name, price := range virginia.Prices {
		if family, _, _ := strings.Cut(name, "."); slices.Contains([]string{"c5", "m5", "r5"}, family) {
			want[name] = price
		}
	}
	require.Equal(t, want, oregon.Prices)
}

func TestOnDemandKnowsNothingElse(t *testing.T) {
	src, err := OnDemand("us-west-2")
	require.NoError(t, err)
	for _, k := range []catalog.Key{
		{},
		{InstanceType: "m5.large"},
		{InstanceType: "m5.large", CapacityType: catalog.Spot},
		{InstanceType: "m5.large", CapacityType: catalog.OnDemand, ReservationID: "cr-1"},
		onDemand("m6a.large"),
		onDemand("m5.huge"),
		onDemand("day"),
		onDemand("currency"),
		onDemand(""),
	} {
		_, err := src.Quote(offer(k))
		require.ErrorIs(t, err, pricing.ErrUnknown, "%+v", k)
	}
	o := offer(onDemand("m5.large/linux"))
	o.Type.TypeLabel = "m5.large"
	q, err := src.Quote(o)
	require.NoError(t, err)
	require.Equal(t, "0.096", q.Price().String(), "an entry is priced by its type's label")
}

func TestOnDemandRefuses(t *testing.T) {
	const there = "(there are cn-north-1, us-east-1, us-gov-east-1, us-gov-west-1, us-west-2)"
	for _, region := range []string{"", "name", "eu-central-1", "us-west-2a", "cn-northwest-1"} {
		src, err := OnDemand(region)
		require.ErrorIs(t, err, ErrUnknownRegion)
		require.ErrorContains(t, err, fmt.Sprintf("%q", region))
		require.ErrorContains(t, err, there)
		require.Nil(t, src)
	}
}

func TestReadRefuses(t *testing.T) {
	for table, want := range map[string]string{
		"":                           "no columns",
		"# nothing\n":                "no columns",
		"name,r\nm5.large,-1\n":      "the prices of r: m5.large: price \"-1\"",
		"name,r\nm5.large,1,2\n":     "wrong number of fields",
		"name,r\nm5.large,\"1\n":     "quote",
		"name,s\nm5.large,1\n":       ErrUnknownRegion.Error(),
		"name,r\nm5.large,1e3\n":     "exponent",
		"name,r\nm5.large,0.1,0.2\n": "line 2",
		"name,r\nday,today\n":        "day: parsing time",
	} {
		_, err := read([]byte(table), "r")
		require.ErrorContains(t, err, want, table)
	}
}

func FuzzRead(f *testing.F) {
	end := bytes.Index(pricesCSV, []byte("c1."))
	f.Add(pricesCSV[:end], "us-east-1")
	f.Add([]byte("name,r\nm5.large,\n"), "r")
	f.Add([]byte("\"\"\n"), "")
	f.Fuzz(func(t *testing.T, table []byte, region string) {
		src, err := read(table, region)
		if err != nil {
			require.Nil(t, src)
			return
		}
		for name, price := range src.Prices {
			require.GreaterOrEqual(t, price, catalog.Price(0), name)
		}
	})
}
