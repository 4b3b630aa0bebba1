package ec2_test

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/stowage/stowage/catalog"
	catalogec2 "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	"github.com/stowage/stowage/pricing/ec2"
)

func ExampleOnDemand() {
	list, err := ec2.OnDemand("us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list.Prices["m5.large"], list.Currency, list.AsOf.Format(time.DateOnly))

	_, err = ec2.OnDemand("eu-west-1")
	fmt.Println(errors.Is(err, ec2.ErrUnknownRegion), err)
	// Output:
	// 0.096 USD 2026-07-20
	// true region "eu-west-1": no on-demand prices of this region (there are cn-north-1, us-east-1, us-gov-east-1, us-gov-west-1, us-west-2)
}

// Another region, with Spot, from what four commands of AWS print.
func Example() {
	types, offered, err := facts()
	if err != nil {
		fmt.Println(err)
		return
	}
	machines, err := catalogec2.Options{
		Region: "eu-west-1", Facts: types, Offered: offered,
		Types:         []string{"c5.large", "m5.large"},
		CapacityTypes: []catalog.CapacityType{catalog.OnDemand, catalog.Spot},
	}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := prices()
	if err != nil {
		fmt.Println(err)
		return
	}
	priced, err := pricing.Apply(machines, src)
	if err != nil {
		fmt.Println(err) // some offering has no price: pricing.ApplyKnown does without it
		return
	}
	for key, o := range priced.Offerings() {
		if key.Zone == "eu-west-1a" {
			fmt.Println(key.InstanceType, key.CapacityType, o.Price)
		}
	}
	fmt.Println(pricing.Explain(priced, src, catalog.Key{InstanceType: "m5.large", Zone: "eu-west-1a", CapacityType: catalog.Spot}))
	// Output:
	// c5.large on-demand 0.096
	// c5.large spot 0.0359
	// m5.large on-demand 0.107
	// m5.large spot 0.0402
	// 0.0402 USD = 0.0402 latest Spot price in eu-west-1a (2026-08-20) <nil>
}

func facts() ([]catalogec2.Type, []catalogec2.Offered, error) {
	types, err := os.Open("../../catalog/ec2/testdata/aws/instance-types.json")
	if err != nil {
		return nil, nil, err
	}
	defer types.Close()
	offerings, err := os.Open("../../catalog/ec2/testdata/aws/offerings.json")
	if err != nil {
		return nil, nil, err
	}
	defer offerings.Close()
	facts, err := catalogec2.ReadTypes(types)
	if err != nil {
		return nil, nil, err
	}
	offered, err := catalogec2.ReadOffered(offerings)
	return facts, offered, err
}

func prices() (pricing.Source, error) {
	history, err := os.Open("testdata/aws/spot.json")
	if err != nil {
		return nil, err
	}
	defer history.Close()
	products, err := os.Open("testdata/aws/products.json")
	if err != nil {
		return nil, err
	}
	defer products.Close()
	list, err := ec2.ReadPriceList(products, "eu-west-1", "Linux")
	if err != nil {
		return nil, err
	}
	past, err := ec2.ReadSpotPrices(history)
	if err != nil {
		return nil, err
	}
	spot, err := ec2.Spot{}.Source(past)
	return pricing.First(spot, list), err
}
