package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	catalogec2 "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	pricingec2 "github.com/stowage/stowage/pricing/ec2"
)

// An instanceType is what is printed of one type.
type instanceType struct {
	Name        string            `json:"name"`
	Capacity    map[string]string `json:"capacity"`
	Allocatable map[string]string `json:"allocatable"`
	Labels      map[string]string `json:"labels"`
	Prices      []price           `json:"prices"`
}

type price struct {
	Zone         string               `json:"zone"`
	CapacityType catalog.CapacityType `json:"capacityType"`
	USDPerHour   json.Number          `json:"usdPerHour"` // exact to the billionth
}

// gather returns the named types of a region, or all, in order.
func gather(region string, names []string) ([]instanceType, error) {
	prices, err := pricingec2.OnDemand(region)
	if err != nil {
		return nil, err
	}
	if prices.Currency != pricing.USD {
		return nil, fmt.Errorf("region %q: the prices of this region are not in US dollars but in %s", region, prices.Currency)
	}
	c, err := catalogec2.Options{Region: region, Types: names, Node: catalogec2.Node{MaxVolumes: catalogec2.NoVolumeLimit}}.Catalog()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(c, compare)
	types := make([]instanceType, len(c))
	for i, t := range c {
		types[i] = instanceType{
			Name:        t.Name,
			Capacity:    quantities(t.Capacity),
			Allocatable: quantities(t.Allocatable()),
			Labels:      t.Labels,
			Prices:      known(t, prices),
		}
	}
	return types, nil
}

// compare orders types by category, generation, family, CPU, memory and name.
func compare(a, b *catalog.InstanceType) int {
	const prefix = "karpenter.k8s.aws/instance-"
	generation := func(t *catalog.InstanceType) int {
		n, _ := strconv.Atoi(t.Labels[prefix+"generation"])
		return n
	}
	return cmp.Or(
		cmp.Compare(a.Labels[prefix+"category"], b.Labels[prefix+"category"]),
		cmp.Compare(generation(a), generation(b)),
		cmp.Compare(a.Labels[prefix+"family"], b.Labels[prefix+"family"]),
		a.Capacity.Cpu().Cmp(*b.Capacity.Cpu()),
		a.Capacity.Memory().Cmp(*b.Capacity.Memory()),
		cmp.Compare(a.Name, b.Name),
	)
}

// known returns the prices of t, one for each offering that has one.
func known(t *catalog.InstanceType, src pricing.Source) []price {
	prices := []price{}
	for i, o := range t.Offerings {
		if q, err := src.Quote(pricing.Offer{Type: t, Index: i}); err == nil {
			prices = append(prices, price{Zone: o.Zone, CapacityType: o.CapacityType, USDPerHour: json.Number(q.Price().String())})
		}
	}
	return prices
}

func quantities(list corev1.ResourceList) map[string]string {
	texts := make(map[string]string, len(list))
	for name, q := range list {
		texts[string(name)] = q.String()
	}
	return texts
}
