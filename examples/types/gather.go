package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/examples/internal/cli"
	"github.com/stowage/stowage/pricing"
)

// A listing is what is printed.
type listing struct {
	types    []instanceType
	currency string
	spot     bool // some type is sold as Spot
	quotes   []quoted
	notes    []string
}

// An instanceType is what is printed of one type.
type instanceType struct {
	Name        string            `json:"name"`
	Capacity    map[string]string `json:"capacity"`
	Allocatable map[string]string `json:"allocatable"`
	Labels      map[string]string `json:"labels"`
	Prices      []price           `json:"prices"`
}

// A price is exact to the billionth.
type price struct {
	Zone         string               `json:"zone"`
	CapacityType catalog.CapacityType `json:"capacityType"`
	USDPerHour   json.Number          `json:"usdPerHour,omitempty"`
	PerHour      json.Number          `json:"perHour,omitempty"` // where the currency is not USD
	Currency     string               `json:"currency,omitempty"`

	amount   catalog.Price
	reserved bool
}

// A quoted is an offering with where its price is from, or why it has none.
type quoted struct {
	key catalog.Key
	why string
}

// gather returns the named types, or all, in order.
func gather(supply cli.Supply, names []string) (listing, error) {
	// Attachments of volumes are not a resource of the node: a CSINode has them.
	m, err := supply.Read(names, ec2.Node{MaxVolumes: ec2.NoVolumeLimit})
	if err != nil {
		return listing{}, err
	}
	if m.Catalog, err = only(m.Catalog, names); err != nil {
		return listing{}, err
	}
	slices.SortFunc(m.Catalog, compare)
	l := listing{types: make([]instanceType, len(m.Catalog)), currency: m.Currency, notes: m.Notes}
	for i, t := range m.Catalog {
		prices := known(t, m)
		l.quotes = append(l.quotes, explained(t, m)...)
		l.spot = l.spot || slices.ContainsFunc(prices, func(p price) bool { return p.CapacityType == catalog.Spot })
		l.types[i] = instanceType{
			Name:        t.Name,
			Capacity:    quantities(t.Capacity),
			Allocatable: quantities(t.Allocatable()),
			Labels:      t.Labels,
			Prices:      prices,
		}
	}
	return l, nil
}

// only returns the named types of a catalog that may have others.
func only(c catalog.Catalog, names []string) (catalog.Catalog, error) {
	if len(names) == 0 {
		return c, nil
	}
	unknown := slices.Clone(names)
	c = slices.DeleteFunc(slices.Clone(c), func(t *catalog.InstanceType) bool {
		unknown = slices.DeleteFunc(unknown, func(name string) bool { return name == t.Name })
		return !slices.Contains(names, t.Name)
	})
	if len(unknown) > 0 {
		return nil, fmt.Errorf("instance type %s: not known, not offered, or none that can be a node", strings.Join(unknown, ", "))
	}
	return c, nil
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
func known(t *catalog.InstanceType, m cli.Market) []price {
	prices := []price{}
	for i, o := range t.Offerings {
		p := price{Zone: o.Zone, CapacityType: o.CapacityType, amount: o.Price, reserved: o.ReservationID != ""}
		if m.Prices != nil {
			q, err := m.Prices.Quote(pricing.Offer{Type: t, Index: i})
			if err != nil {
				continue
			}
			p.amount = q.Price()
		}
		if m.Currency == pricing.USD {
			p.USDPerHour = json.Number(p.amount.String())
		} else {
			p.PerHour, p.Currency = json.Number(p.amount.String()), m.Currency
		}
		prices = append(prices, p)
	}
	return prices
}

// explained returns the offerings of t with where their prices are from.
func explained(t *catalog.InstanceType, m cli.Market) []quoted {
	var quotes []quoted
	for i := range t.Offerings {
		quote := pricing.Of(t.Offerings[i].Price, "catalog file")
		quote.Currency = m.Currency
		var err error
		if m.Prices != nil {
			quote, err = m.Prices.Quote(pricing.Offer{Type: t, Index: i})
		}
		why := quote.String()
		if err != nil {
			why = err.Error()
		}
		quotes = append(quotes, quoted{t.Key(i), why})
	}
	return quotes
}

func quantities(list corev1.ResourceList) map[string]string {
	texts := make(map[string]string, len(list))
	for name, q := range list {
		texts[string(name)] = q.String()
	}
	return texts
}
