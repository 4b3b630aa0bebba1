package ec2_test

import (
	"fmt"
	"time"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
	"github.com/stowage/stowage/pricing/ec2"
)

// What was not exceeded for nine tenths of a day, of prices that the embedder's own SDK
// has told.
func ExampleSpot() {
	end := time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC)
	cents := func(price catalog.Price, ago time.Duration) ec2.SpotPrice {
		return ec2.SpotPrice{InstanceType: "m5.large", Zone: "eu-west-1a", Product: "Linux/UNIX", Price: price * catalog.USD / 100, From: end.Add(-ago)}
	}
	history := []ec2.SpotPrice{cents(3, 48*time.Hour), cents(9, 12*time.Hour), cents(4, 11*time.Hour)} // nine cents for one hour
	spot, err := ec2.Spot{Percentile: 90, Window: 24 * time.Hour, End: end}.Source(history)
	if err != nil {
		fmt.Println(err)
		return
	}
	m5 := &catalog.InstanceType{Name: "m5.large", Offerings: []catalog.Offering{{Zone: "eu-west-1a", CapacityType: catalog.Spot}}}
	fmt.Println(spot.Quote(pricing.Offer{Type: m5}))
	// Output: 0.04 USD = 0.04 percentile 90 of the Spot price in eu-west-1a, of 24h0m0s before 2026-08-20T00:00:00Z (2026-08-20) <nil>
}
