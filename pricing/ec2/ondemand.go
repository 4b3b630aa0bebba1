package ec2

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

//go:embed prices.csv
var pricesCSV []byte

// Why OnDemand has no prices of a region.
var (
	ErrUnknownRegion = errors.New("no on-demand prices of this region")
	ErrCurrency      = errors.New("the prices of this region are not in US dollars")
)

// OnDemand returns the on-demand list prices of a region, which are the same
// in all its zones. It knows the keys of capacity type on-demand that name a
// type of the list and no reservation; it looks at no other field.
//
// The error wraps ErrCurrency for the regions in China, and for others that
// are not embedded ErrUnknownRegion; it names the regions that are.
func OnDemand(region string) (pricing.Source, error) {
	return read(pricesCSV, region)
}

// read reads the column of a region out of a table like prices.csv.
func read(table []byte, region string) (pricing.Source, error) {
	lines := csv.NewReader(bytes.NewReader(table))
	lines.Comment = '#'
	records, err := lines.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("the price table is empty")
	}
	regions := records[0][1:]
	column := 1 + slices.Index(regions, region)
	if strings.HasPrefix(region, "cn-") { // https://www.amazonaws.cn/en/ec2/pricing/
		return nil, fmt.Errorf("region %q: %w but in CNY", region, ErrCurrency)
	}
	if column == 0 { // that of the names
		return nil, fmt.Errorf("region %q: %w (there are %s)", region, ErrUnknownRegion, strings.Join(regions, ", "))
	}
	list := onDemand{}
	for _, record := range records[1:] {
		if record[column] == "" {
			continue
		}
		price, err := catalog.ParsePrice(record[column])
		if err != nil {
			return nil, fmt.Errorf("%s in %s: %w", record[0], region, err)
		}
		list[record[0]] = price
	}
	return list, nil
}

// onDemand has the price of each type of a region.
type onDemand map[string]catalog.Price

func (list onDemand) Price(k catalog.Key) (catalog.Price, bool) {
	if k.CapacityType != catalog.OnDemand || k.ReservationID != "" {
		return 0, false
	}
	price, ok := list[k.InstanceType]
	return price, ok
}
