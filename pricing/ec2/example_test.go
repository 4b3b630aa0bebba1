package ec2_test

import (
	"errors"
	"fmt"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing/ec2"
)

func ExampleOnDemand() {
	list, err := ec2.OnDemand("us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list.Price(catalog.Key{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.OnDemand}))

	_, err = ec2.OnDemand("cn-north-1")
	fmt.Println(errors.Is(err, ec2.ErrCurrency), err)
	// Output:
	// 0.096 true
	// true region "cn-north-1": the prices of this region are not in US dollars but in CNY
}
