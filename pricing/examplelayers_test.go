package pricing_test

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

// listed returns a type of four cores, sold on demand, as Spot, and from a reservation,
// and a list that knows the first two.
func listed() (*catalog.InstanceType, pricing.Table) {
	t := &catalog.InstanceType{
		Name:     "m5.xlarge",
		Capacity: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4")},
		Offerings: []catalog.Offering{
			{Zone: "a", CapacityType: catalog.OnDemand},
			{Zone: "a", CapacityType: catalog.Spot},
			{Zone: "a", CapacityType: catalog.Reserved, ReservationID: "cr-1"},
		},
	}
	return t, pricing.Table{
		Name:   "list",
		AsOf:   time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC),
		Prices: map[catalog.Key]catalog.Price{t.Key(0): 192 * catalog.USD / 1000, t.Key(1): 70 * catalog.USD / 1000},
	}
}

// A licence for each core, and a Spot price that is taken for at least half a dollar.
func ExampleStack() {
	t, list := listed()
	spot := pricing.Selection{{Key: catalog.CapacityTypeLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{"spot"}}}
	src := pricing.Stack(list, pricing.PerCPU{Name: "database licence", Price: catalog.USD / 10}, pricing.Bounds{Least: catalog.USD / 2, Of: spot})
	for i := range 2 {
		fmt.Println(src.Quote(pricing.Offer{Type: t, Index: i}))
	}
	// Output:
	// 0.592 USD = 0.192 list (2026-08-20) + 0.4 database licence, 4 vCPUs of 0.1 <nil>
	// 0.5 USD = 0.07 list (2026-08-20) + 0.4 database licence, 4 vCPUs of 0.1 + 0.03 floor of 0.5 <nil>
}

// A layer of one's own: what the power of a machine costs.
type power struct{ wattsPerCore int64 }

func (p power) Add(o pricing.Offer, _ catalog.Price) (pricing.Step, error) {
	watts := p.wattsPerCore * o.Type.Capacity.Cpu().Value()
	return pricing.Step{Amount: catalog.Price(watts) * catalog.USD / 5000, Reason: fmt.Sprintf("%d W", watts)}, nil
}

func ExampleLayer() {
	t, list := listed()
	var layer pricing.Layer = power{wattsPerCore: 10}
	quote, err := pricing.Stack(list, layer).Quote(pricing.Offer{Type: t})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(quote.Price(), quote.InCurrency() == pricing.USD)
	for _, step := range quote.Steps {
		fmt.Println(step.Amount, step.Reason)
	}
	// Output:
	// 0.2 true
	// 0.192 list
	// 0.008 40 W
}

// A source of one's own may price by the labels of a node.
func ExampleOffer() {
	t, _ := listed()
	for i := range t.Offerings {
		offer := pricing.Offer{Type: t, Index: i}
		market, _ := offer.Label(catalog.CapacityTypeLabel)
		fmt.Println(offer.Key().InstanceType, offer.Key().Zone, market)
	}
	// Output:
	// m5.xlarge a on-demand
	// m5.xlarge a spot
	// m5.xlarge a reserved
}

// Reservations are paid for already: an hour costs nothing more.
func ExampleReservations() {
	t, list := listed()
	src := pricing.First(pricing.Reservations{}, list)
	for i := range t.Offerings {
		quote, err := src.Quote(pricing.Offer{Type: t, Index: i})
		fmt.Println(quote, err)
	}
	// Output:
	// 0.192 USD = 0.192 list (2026-08-20) <nil>
	// 0.07 USD = 0.07 list (2026-08-20) <nil>
	// 0 USD = 0 reservation cr-1, at the margin <nil>
}

// Prices that are older than an hour are not used.
func ExampleMaxAge() {
	t, list := listed()
	_, err := pricing.MaxAge(list, list.AsOf.Add(2*time.Hour), time.Hour).Quote(pricing.Offer{Type: t})
	var stale *pricing.StaleError
	fmt.Println(errors.As(err, &stale), stale.Age, stale.Most)
	// Output: true 2h0m0s 1h0m0s
}

// What is left out is data, with the reason; so is what makes Apply an error.
func ExampleApplyKnown() {
	t, list := listed()
	priced, left := pricing.ApplyKnown(catalog.Catalog{t}, list)
	fmt.Println(len(priced[0].Offerings), "offerings have a price")
	for _, u := range left {
		fmt.Println(u.Offering.ReservationID, errors.Is(u.Err, pricing.ErrUnknown))
	}
	_, err := pricing.Apply(catalog.Catalog{t}, list)
	var unpriced *pricing.UnpricedError
	fmt.Println(errors.As(err, &unpriced), len(unpriced.Unpriced), "of", unpriced.Offerings)
	// Output:
	// 2 offerings have a price
	// cr-1 true
	// true 1 of 3
}
