package ec2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
	"github.com/stowage/stowage/pricing/ec2"
)

func TestReadSpotPrices(t *testing.T) {
	prices, err := ec2.ReadSpotPrices(strings.NewReader(sample(t, "spot.json")))
	require.NoError(t, err)
	require.Len(t, prices, 39)
	require.Equal(t, ec2.SpotPrice{
		InstanceType: "c5.large", Zone: "eu-west-1a", Product: "Linux/UNIX", Price: 35_900_000,
		From: time.Date(2026, 8, 20, 6, 17, 0, 0, time.UTC),
	}, utc(prices[0]))
	for want, change := range map[string][2]string{
		"line 7, column 31: SpotPriceHistory[0].SpotPrice: there is a number": {`"0.035900"`, `0.0359`},
		`SpotPriceHistory[0]: price "free"`:                                   {`"0.035900"`, `"free"`},
		`SpotPriceHistory[0]: price ""`:                                       {`"0.035900"`, `""`},
		"has no InstanceType":                                                 {`"c5.large"`, `""`},
		"SpotPriceHistory[0]: parsing time":                                   {"2026-08-20T06:17:00+00:00", "now"},
		"there is no SpotPriceHistory here":                                   {`"SpotPriceHistory"`, `"History"`},
	} {
		_, err := ec2.ReadSpotPrices(strings.NewReader(strings.Replace(sample(t, "spot.json"), change[0], change[1], 1)))
		require.ErrorContains(t, err, want)
	}
}

func utc(p ec2.SpotPrice) ec2.SpotPrice {
	p.From = p.From.UTC()
	return p
}

func at(hour int) time.Time { return time.Date(2026, 8, 20, hour, 0, 0, 0, time.UTC) }

// history is a day of one pool: 10 for 12 hours, 20 for 6, 40 for 5, 30 for one and on.
func history() []ec2.SpotPrice {
	p := func(hour int, price catalog.Price) ec2.SpotPrice {
		return ec2.SpotPrice{InstanceType: "m5.large", Zone: "a", Product: "Linux/UNIX", Price: price, From: at(hour)}
	}
	return []ec2.SpotPrice{p(18, 40), p(0, 10), p(23, 30), p(12, 20), {InstanceType: "m5.large", Zone: "a", Product: "Windows", Price: 99, From: at(23)}}
}

func TestPercentiles(t *testing.T) {
	offer := pricing.Offer{Type: &catalog.InstanceType{Name: "m5.large", Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.Spot}}}}
	for _, test := range []struct {
		what string
		spot ec2.Spot
		want catalog.Price
	}{
		{"the latest", ec2.Spot{}, 30},
		{"the latest at noon", ec2.Spot{End: at(12)}, 20},
		{"the latest before noon", ec2.Spot{End: at(11)}, 10},
		{"another product", ec2.Spot{Product: "Windows"}, 99},
		{"median of the day: 10 for 12 of 24 hours", ec2.Spot{Percentile: 50, End: at(24)}, 10},
		{"one more percent", ec2.Spot{Percentile: 51, End: at(24)}, 20},
		{"three quarters: 10 or 20 for 18 of 24 hours", ec2.Spot{Percentile: 75, End: at(24)}, 20},
		{"76: with the hour of 30, 19 of 24", ec2.Spot{Percentile: 76, End: at(24)}, 30},
		{"79: the same", ec2.Spot{Percentile: 79, End: at(24)}, 30},
		{"80: 40", ec2.Spot{Percentile: 80, End: at(24)}, 40},
		{"most", ec2.Spot{Percentile: 100, End: at(24)}, 40},
		{"least", ec2.Spot{Percentile: 1, End: at(24)}, 10},
		{"a window of 12 hours: 20 for 6, 30 for 1, 40 for 5", ec2.Spot{Percentile: 50, Window: 12 * time.Hour, End: at(24)}, 20},
		{"a window of 6 hours begins with the price before it", ec2.Spot{Percentile: 10, Window: 6 * time.Hour, End: at(22)}, 20},
		{"a window longer than the history", ec2.Spot{Percentile: 50, Window: 1000 * time.Hour, End: at(24)}, 10},
		{"without an end, to the latest price of all", ec2.Spot{Percentile: 100, Window: time.Hour}, 40},
	} {
		src, err := test.spot.Source(history())
		require.NoError(t, err)
		q, err := src.Quote(offer)
		require.NoError(t, err)
		require.Equal(t, test.want, q.Price(), test.what)
	}

	src, err := ec2.Spot{Percentile: 90, Window: 24 * time.Hour, End: at(24)}.Source(history())
	require.NoError(t, err)
	q, err := src.Quote(offer)
	require.NoError(t, err)
	require.Equal(t, "0.00000004 USD = 0.00000004 percentile 90 of the Spot price in a, of 24h0m0s before 2026-08-21T00:00:00Z (2026-08-21)", q.String())
	for _, o := range []catalog.Offering{{Zone: "b", CapacityType: catalog.Spot}, {Zone: "a", CapacityType: catalog.OnDemand}, {Zone: "a", CapacityType: catalog.Spot, ReservationID: "r"}} {
		_, err = src.Quote(pricing.Offer{Type: &catalog.InstanceType{Name: "m5.large", Offerings: []catalog.Offering{o}}})
		require.ErrorIs(t, err, pricing.ErrUnknown)
	}
}

func TestSpotRefuses(t *testing.T) {
	for want, spot := range map[string]ec2.Spot{
		"percentile 101 is not from 0 to 100": {Percentile: 101},
		"percentile -1 is not from 0 to 100":  {Percentile: -1},
		"the window is negative":              {Window: -1},
		"none of 5 prices is of SUSE":         {Product: "SUSE"},
		"none of 5 prices is of Linux/UNIX":   {End: at(-1)},
	} {
		_, err := spot.Source(history())
		require.ErrorContains(t, err, want)
	}
	_, err := ec2.Spot{}.Source([]ec2.SpotPrice{{Price: -1}})
	require.ErrorContains(t, err, "prices[0]: -0.000000001 is negative")
	src, err := ec2.Spot{}.Source(nil)
	require.NoError(t, err)
	require.NotNil(t, src)
}
