package ec2

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
)

func onDemandKey(instanceType string) catalog.Key {
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
		for name, want := range prices {
			price, ok := src.Price(onDemandKey(name))
			require.True(t, ok, name)
			require.Equal(t, want, price.String(), "%s in %s", name, region)
		}
	}
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
	} {
		src, err := OnDemand(want.region)
		require.NoError(t, err)
		list := src.(onDemand)
		require.Len(t, list, want.prices)
		sum := catalog.Price(0)
		for _, name := range slices.Sorted(maps.Keys(list)) {
			sum += list[name]
			fmt.Fprintf(all, "%s,%s,%s\n", want.region, name, list[name])
		}
		require.Equal(t, want.sum, sum.String(), want.region)
	}
	require.Equal(t, "7cd40a3ce98ba7624e137b4f86c118db709d9e9927552b901de969064ddc9042", fmt.Sprintf("%x", all.Sum(nil)))
}

// The families of us-west-2 were copied from us-east-1, whole.
func TestOregonIsCopied(t *testing.T) {
	oregon, err := OnDemand("us-west-2")
	require.NoError(t, err)
	virginia, err := OnDemand("us-east-1")
	require.NoError(t, err)
	want := onDemand{}
	for name, price := range virginia.(onDemand) {
		if family, _, _ := strings.Cut(name, "."); slices.Contains([]string{"c5", "m5", "r5"}, family) {
			want[name] = price
		}
	}
	require.Equal(t, want, oregon)
}

func TestOnDemandKnowsNothingElse(t *testing.T) {
	src, err := OnDemand("us-west-2")
	require.NoError(t, err)
	for _, k := range []catalog.Key{
		{},
		{InstanceType: "m5.large"},
		{InstanceType: "m5.large", CapacityType: catalog.Spot},
		{InstanceType: "m5.large", CapacityType: catalog.OnDemand, ReservationID: "cr-1"},
		onDemandKey("m6a.large"),
		onDemandKey("m5.huge"),
		onDemandKey(""),
	} {
		_, ok := src.Price(k)
		require.False(t, ok, "%+v", k)
	}
}

func TestOnDemandRefuses(t *testing.T) {
	const there = "(there are cn-north-1, us-east-1, us-gov-east-1, us-gov-west-1, us-west-2)"
	for _, region := range []string{"", "name", "eu-central-1", "us-west-2a"} {
		src, err := OnDemand(region)
		require.ErrorIs(t, err, ErrUnknownRegion)
		require.ErrorContains(t, err, fmt.Sprintf("%q", region))
		require.ErrorContains(t, err, there)
		require.Nil(t, src)
	}
	for _, region := range []string{"cn-north-1", "cn-northwest-1"} {
		_, err := OnDemand(region)
		require.ErrorIs(t, err, ErrCurrency)
		require.ErrorContains(t, err, "CNY")
	}
}

func TestReadRefuses(t *testing.T) {
	for table, want := range map[string]string{
		"":                           "empty",
		"# nothing\n":                "empty",
		"name,r\nm5.large,-1\n":      "m5.large in r: price \"-1\"",
		"name,r\nm5.large,1,2\n":     "wrong number of fields",
		"name,r\nm5.large,\"1\n":     "quote",
		"name,s\nm5.large,1\n":       ErrUnknownRegion.Error(),
		"name,r\nm5.large,1e3\n":     "exponent",
		"name,r\nm5.large,0.1,0.2\n": "line 2",
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
		for name, price := range src.(onDemand) {
			require.GreaterOrEqual(t, price, catalog.Price(0), name)
		}
	})
}
