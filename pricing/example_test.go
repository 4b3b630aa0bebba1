package pricing_test

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	catalogec2 "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	pricingec2 "github.com/stowage/stowage/pricing/ec2"
)

func Example() {
	c, err := catalogec2.Options{Region: "us-west-2", Zones: []string{"us-west-2a"}, Types: []string{"m5.large", "c5.large"}}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := pricingec2.OnDemand("us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The account pays 10% less than the list says, and a licence for each node.
	src := pricing.Stack(list,
		pricing.Adjustment{Name: "private discount", Change: "-10%"},
		pricing.Adjustment{Name: "licence", Change: "+0.004"},
	)
	priced, err := pricing.Apply(c, src)
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, offering := range priced.Offerings() {
		fmt.Println(key.InstanceType, offering.Price)
	}
	fmt.Println(pricing.Explain(c, src, catalog.Key{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.OnDemand}))
	// Output:
	// c5.large 0.0805
	// m5.large 0.0904
	// 0.0904 USD = 0.096 on-demand list of us-west-2 (2026-07-20) - 0.0096 private discount -10% + 0.004 licence +0.004 <nil>
}

// It is an error if the source knows only a part of the catalog; ApplyKnown does without
// the rest.
func ExampleApply() {
	all, err := catalogec2.Options{Region: "us-west-2"}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := pricingec2.OnDemand("us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = pricing.Apply(all, list)
	fmt.Println(err)

	priced, unpriced := pricing.ApplyKnown(all, list)
	fmt.Println(len(priced), "types,", len(unpriced), "offerings left out")
	// Output:
	// 4008 of 4089 offerings have no price (27 of 1363 types have one): a1.medium in us-west-2a, on-demand: no source knows its price; a1.medium in us-west-2b, on-demand: no source knows its price; a1.medium in us-west-2c, on-demand: no source knows its price; and 4005 more
	// 27 types, 4008 offerings left out
}

// A source of one's own: a price for each core.
type perCore catalog.Price

func (p perCore) Quote(o pricing.Offer) (pricing.Quote, error) {
	cores := o.Type.Capacity.Cpu().Value()
	if cores == 0 {
		return pricing.Quote{}, errors.New("it has no cores")
	}
	return pricing.Of(catalog.Price(int64(p)*cores), "our price per core"), nil
}

func ExampleSource() {
	c, err := catalogec2.Options{Region: "us-west-2", Zones: []string{"us-west-2a"}, Types: []string{"m5.xlarge"}}.Catalog()
	if err != nil {
		fmt.Println(err)
		return
	}
	var src pricing.Source = perCore(20_000_000)
	fmt.Println(src.Quote(pricing.Offer{Type: c[0], Index: 0}))
	// Output: 0.08 USD = 0.08 our price per core <nil>
}

func ExampleFirst() {
	mine := pricing.Table{Name: "contract", Prices: map[catalog.Key]catalog.Price{{InstanceType: "m5.large"}: 50_000_000}}
	list := pricing.Table{Name: "list", Prices: map[catalog.Key]catalog.Price{{InstanceType: "m5.large"}: 96_000_000, {InstanceType: "c5.large"}: 85_000_000}}
	src := pricing.First(mine, list)
	for _, name := range []string{"m5.large", "c5.large", "r5.large"} {
		fmt.Println(src.Quote(pricing.Offer{Type: &catalog.InstanceType{Name: name, Offerings: make([]catalog.Offering, 1)}}))
	}
	// Output:
	// 0.05 USD = 0.05 contract <nil>
	// 0.085 USD = 0.085 list <nil>
	// 0 USD = no source knows its price
}

func ExampleInterruption() {
	list := pricing.Table{Name: "spot", Prices: map[catalog.Key]catalog.Price{{InstanceType: "m5.large", CapacityType: catalog.Spot}: 35_000_000}}
	// One node in twenty is interrupted within a month. Its pods' work of half an
	// hour is done again.
	risk := pricing.Stack(list, pricing.Interruption{
		PerMillionHours: func(catalog.Key) int64 { return 68 },
		Cost:            catalog.USD / 10,
		LostMinutes:     30,
	})
	fmt.Println(risk.Quote(pricing.Offer{Type: &catalog.InstanceType{Name: "m5.large", Offerings: []catalog.Offering{{CapacityType: catalog.Spot}}}}))
	// Output: 0.03500799 USD = 0.035 spot + 0.00000799 interruption, 68 in a million hours of 0.1175 <nil>
}

// The example of Karpenter's design of NodeOverlays: of two that select a type the
// one of higher weight counts, and they do not add up.
func ExampleOverlays() {
	in := func(key string, values ...string) pricing.Selection {
		return pricing.Selection{corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}}
	}
	list := pricing.Table{Name: "list", Prices: map[catalog.Key]catalog.Price{{InstanceType: "m5.large"}: 96_000_000, {InstanceType: "c5.large"}: 85_000_000}}
	src := pricing.Stack(list, pricing.Overlays{List: []pricing.Overlay{
		{Name: "default", Change: "-10%"},
		{Name: "memory", Weight: 1, Change: "+0.05", Of: in("node.kubernetes.io/instance-type", "m5.large", "m5.2xlarge")},
	}})
	for _, name := range []string{"m5.large", "c5.large"} {
		fmt.Println(src.Quote(pricing.Offer{Type: &catalog.InstanceType{Name: name, Offerings: make([]catalog.Offering, 1)}}))
	}
	// Output:
	// 0.146 USD = 0.096 list + 0.05 overlay memory +0.05 <nil>
	// 0.0765 USD = 0.085 list - 0.0085 overlay default -10% <nil>
}
