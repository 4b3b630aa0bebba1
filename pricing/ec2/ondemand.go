package ec2

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing"
)

//go:embed prices.csv
var pricesCSV []byte

// ErrUnknownRegion is why OnDemand has no prices of a region.
var ErrUnknownRegion = errors.New("no on-demand prices of this region")

// A List is the on-demand prices of a region, which are the same in all its zones.
// It is a pricing.Source that knows the offers of capacity type on-demand whose type
// is in the list and which name no reservation.
type List struct {
	Region   string
	Currency string    // ISO 4217 code
	AsOf     time.Time // when the list was published; zero: not known
	Prices   map[string]catalog.Price
}

// Quote returns the price of o. The type is looked up by its label, so that an
// entry for each operating system has one price.
func (l *List) Quote(o pricing.Offer) (pricing.Quote, error) {
	k := o.Key()
	if k.CapacityType != catalog.OnDemand || k.ReservationID != "" {
		return pricing.Quote{}, pricing.ErrUnknown
	}
	price, ok := l.Prices[instanceType(o)]
	if !ok {
		return pricing.Quote{}, pricing.ErrUnknown
	}
	return pricing.Quote{Currency: l.Currency, Steps: []pricing.Step{
		{Amount: price, Reason: "on-demand list of " + l.Region, AsOf: l.AsOf},
	}}, nil
}

// instanceType returns what EC2 calls the type of an offer.
func instanceType(o pricing.Offer) string {
	if o.Type.TypeLabel != "" {
		return o.Type.TypeLabel
	}
	return o.Type.Name
}

// OnDemand returns the embedded list of a region. The error wraps ErrUnknownRegion
// for regions that are not embedded, and names those that are: read the list of
// another with ReadPriceList.
func OnDemand(region string) (*List, error) {
	return read(pricesCSV, region)
}

// read reads the column of a region out of a table like prices.csv.
func read(table []byte, region string) (*List, error) {
	lines := csv.NewReader(bytes.NewReader(table))
	lines.Comment = '#'
	lines.ReuseRecord = true
	header, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("the price table has no columns: %w", err)
	}
	column := 1 + slices.Index(header[1:], region)
	if column == 0 { // that of the names
		return nil, fmt.Errorf("region %q: %w (there are %s)", region, ErrUnknownRegion, strings.Join(header[1:], ", "))
	}
	list := &List{Region: region, Prices: map[string]catalog.Price{}}
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err == nil {
			err = list.add(record[0], record[column])
		}
		if err != nil {
			return nil, fmt.Errorf("the prices of %s: %w", region, err)
		}
	}
}

// add adds a line of the table: a day, a currency, or the price of a type.
func (l *List) add(name, cell string) error {
	var err error
	switch {
	case cell == "":
	case name == "day":
		l.AsOf, err = time.Parse(time.DateOnly, cell)
	case name == "currency":
		l.Currency = cell
	default:
		name = strings.Clone(name) // the rest of the line is not kept
		l.Prices[name], err = catalog.ParsePrice(cell)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
