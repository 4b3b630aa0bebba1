package pricing

import (
	"fmt"
	"strings"

	"github.com/stowage/stowage/catalog"
)

// Apply returns a copy of c in which each offering has the price that src
// knows for it, whatever its price was in c, and nothing else differs. Where an
// offering has no price there is no copy, and the error is an *UnpricedError: half a
// catalog would answer without a word of the other half. Leave such offerings out
// with [ApplyKnown], or before with [catalog.Catalog.Select].
//
// c is not modified; the copy shares labels and resources with it. A nil src
// knows no price. A nil type, which [catalog.Catalog.Validate] reports, stays
// in the copy.
func Apply(c catalog.Catalog, src Source) (catalog.Catalog, error) {
	priced, unpriced := ApplyKnown(c, src)
	if len(unpriced) == 0 {
		return priced, nil
	}
	e := &UnpricedError{Unpriced: unpriced}
	for _, t := range c {
		if t != nil && len(t.Offerings) > 0 {
			e.Offerings += len(t.Offerings)
			e.Types++
		}
	}
	for _, t := range priced {
		if t != nil {
			e.PricedTypes++
		}
	}
	return nil, e
}

// ApplyKnown is Apply for those who mean to do without the offerings that have no
// price: it returns them, in c's order, and the copy is without them, and without
// types that have no other. Prices in another currency than the first count as none.
func ApplyKnown(c catalog.Catalog, src Source) (catalog.Catalog, []Unpriced) {
	src = First(src)
	var priced catalog.Catalog
	var unpriced []Unpriced
	currency := ""
	for _, t := range c {
		if t == nil {
			priced = append(priced, nil)
			continue
		}
		offerings := make([]catalog.Offering, 0, len(t.Offerings))
		for i, o := range t.Offerings {
			quote, err := src.Quote(Offer{t, i})
			if err == nil && currency != "" && currency != quote.InCurrency() {
				err = fmt.Errorf("its price is in %s, that of others in %s", quote.InCurrency(), currency)
			}
			if err != nil {
				unpriced = append(unpriced, Unpriced{t.Key(i), err})
				continue
			}
			currency = quote.InCurrency()
			o.Price = quote.Price()
			offerings = append(offerings, o)
		}
		if len(offerings) > 0 {
			copied := *t
			copied.Offerings = offerings
			priced = append(priced, &copied)
		}
	}
	return priced, unpriced
}

// Unpriced is an offering without a price.
type Unpriced struct {
	Offering catalog.Key
	Err      error // why; ErrUnknown: no source knows it
}

// An UnpricedError says that offerings have no price.
type UnpricedError struct {
	Unpriced           []Unpriced // at least one
	Offerings          int        // of the catalog
	Types, PricedTypes int        // of the catalog; with at least one price
}

// Error says how much of the catalog has no price, and names the first offerings.
func (e *UnpricedError) Error() string {
	const most = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d offerings have no price (%d of %d types have one):", len(e.Unpriced), e.Offerings, e.PricedTypes, e.Types)
	for i, u := range e.Unpriced {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(e.Unpriced)-most)
			break
		}
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %s in %s, %s: %v", u.Offering.InstanceType, u.Offering.Zone, u.Offering.CapacityType, u.Err)
	}
	return b.String()
}

// Unwrap returns why the offerings have no price.
func (e *UnpricedError) Unwrap() []error {
	errs := make([]error, len(e.Unpriced))
	for i, u := range e.Unpriced {
		errs[i] = u.Err
	}
	return errs
}
