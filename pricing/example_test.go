package pricing_test

import (
	"fmt"

	"github.com/stowage/stowage/catalog"
	catalogec2 "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	pricingec2 "github.com/stowage/stowage/pricing/ec2"
)

func Example() {
	c, err := catalogec2.Options{Region: "us-west-2", Zones: []string{"us-west-2a"}, Types: []string{"m5.large", "m6a.large"}}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := pricingec2.OnDemand("us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The account pays 10% less than the list says.
	contract := pricing.Adjust(list, func(_ catalog.Key, p catalog.Price) catalog.Price { return p * 90 / 100 })

	c, unknown := pricing.Apply(c, contract)
	for key, offering := range c.Offerings() {
		fmt.Println(key.InstanceType, offering.Price)
	}
	for _, key := range unknown {
		fmt.Println("no price:", key.InstanceType)
	}
	// Output:
	// m5.large 0.0864
	// no price: m6a.large
}

func ExampleFirst() {
	mine := pricing.Table{{InstanceType: "m5.large"}: 50_000_000}
	list := pricing.Table{{InstanceType: "m5.large"}: 96_000_000, {InstanceType: "c5.large"}: 85_000_000}
	src := pricing.First(mine, list)
	for _, name := range []string{"m5.large", "c5.large", "r5.large"} {
		price, ok := src.Price(catalog.Key{InstanceType: name})
		fmt.Println(name, price, ok)
	}
	// Output:
	// m5.large 0.05 true
	// c5.large 0.085 true
	// r5.large 0 false
}

func ExampleAdjust() {
	list := pricing.Table{{InstanceType: "m5.large", CapacityType: catalog.Spot}: 35_100_000}
	// One node in twenty is interrupted within the hour and its work done twice.
	risk := pricing.Adjust(list, func(k catalog.Key, p catalog.Price) catalog.Price {
		if k.CapacityType == catalog.Spot {
			return p + p/20
		}
		return p
	})
	fmt.Println(risk.Price(catalog.Key{InstanceType: "m5.large", CapacityType: catalog.Spot}))
	// Output: 0.036855 true
}
