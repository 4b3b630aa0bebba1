package ec2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/internal/jsonstream"
)

// ReadPriceList reads the on-demand prices of a region for an operating system
// ("Linux", which is also "", "Windows", "RHEL"), with shared tenancy and without
// other software, from either of
//
//   - the bulk offer file of AmazonEC2, of a region or of all, see
//     https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html;
//   - what the command aws pricing get-products --service-code AmazonEC2 prints, see
//     https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html.
//
// The bulk file may have gigabytes: it is read in one pass, and no more of it is
// held than the prices and one product. Prices with more than nine decimals are
// rounded to the nearest billionth; a price of zero, which AWS states where a type
// is not sold on demand, counts as none. Errors have line, column and path.
func ReadPriceList(r io.Reader, region, operatingSystem string) (*List, error) {
	if operatingSystem == "" {
		operatingSystem = "Linux"
	}
	p := &priceList{
		json: jsonstream.New(r), region: region, os: operatingSystem, types: map[string]string{},
		list: &List{Region: region, Prices: map[string]catalog.Price{}},
	}
	if err := p.read(); err != nil {
		return nil, err
	}
	return p.list, nil
}

// A priceList reads a document of products and terms.
type priceList struct {
	json       *jsonstream.Reader
	region, os string
	types      map[string]string // SKU of a product that is wanted → instance type
	list       *List
	seen       struct{ products, terms, list bool }
}

func (p *priceList) read() error {
	err := p.json.Object(func(key string) error {
		switch key {
		case "publicationDate":
			var date string
			if err := p.json.Value(&date); err != nil {
				return err
			}
			return p.published(date)
		case "products":
			p.seen.products = true
			return p.json.Object(func(string) error {
				var product product
				if err := p.json.Value(&product); err != nil {
					return err
				}
				return p.product(&product)
			})
		case "terms":
			if !p.seen.products {
				return p.json.Fail(errors.New("the terms come before the products: this cannot be read in one pass"))
			}
			p.seen.terms = true
			return p.json.Object(p.terms)
		case "PriceList":
			p.seen.list = true
			return p.json.Array(func(int) error { return p.listed() })
		case "NextToken":
			var next string
			if err := p.json.Value(&next); err != nil {
				return err
			}
			if next != "" {
				return p.json.Fail(errors.New("there is more than this page: print all of it, without --max-items and --no-paginate"))
			}
			return nil
		}
		return p.json.Skip()
	})
	switch {
	case err != nil:
		return err
	case !p.seen.list && !p.seen.products:
		return p.json.Fail(errors.New("there are no products here and no PriceList: is this an offer file, or what aws pricing get-products prints?"))
	case p.seen.products && !p.seen.terms:
		return p.json.Fail(errors.New("there are no terms here"))
	case len(p.list.Prices) == 0:
		return p.json.Fail(fmt.Errorf("no instance type with %s has a price in region %q", p.os, p.region))
	}
	return p.json.End()
}

// terms reads the terms of one kind; those of other kinds are passed over.
func (p *priceList) terms(kind string) error {
	return p.json.Object(func(sku string) error {
		if kind != "OnDemand" || p.types[sku] == "" {
			_, err := p.json.Raw()
			return err
		}
		var terms map[string]term
		if err := p.json.Value(&terms); err != nil {
			return err
		}
		return p.price(p.types[sku], terms)
	})
}

// listed reads an element of PriceList: a string that holds a document, or the
// document.
func (p *priceList) listed() error {
	text, err := p.json.Raw()
	if err != nil {
		return err
	}
	if text[0] == '"' {
		var inner string
		if err := json.Unmarshal(text, &inner); err != nil {
			return p.json.Fail(err)
		}
		text = []byte(inner)
	}
	var entry struct {
		Product         product
		Terms           struct{ OnDemand map[string]term }
		PublicationDate string
	}
	inner := jsonstream.New(bytes.NewReader(text))
	if err := inner.Value(&entry); err != nil {
		return p.json.Fail(fmt.Errorf("in it: %w", err))
	}
	if err := p.product(&entry.Product); err != nil || p.types[entry.Product.SKU] == "" {
		return err
	}
	if err := p.published(entry.PublicationDate); err != nil {
		return err
	}
	return p.price(p.types[entry.Product.SKU], entry.Terms.OnDemand)
}

// published keeps the latest date.
func (p *priceList) published(date string) error {
	if date == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return p.json.Fail(fmt.Errorf("the publication date %q is not like 2026-08-01T00:00:00Z", date))
	}
	if at.After(p.list.AsOf) {
		p.list.AsOf = at
	}
	return nil
}

// A product is what is used of a product.
type product struct {
	SKU           string
	ProductFamily string
	Attributes    struct {
		InstanceType, RegionCode, LocationType, OperatingSystem, Tenancy, PreInstalledSw, CapacityStatus, MarketOption, LicenseModel string
	}
}

// product remembers a product that is wanted.
func (p *priceList) product(x *product) error {
	a := &x.Attributes
	switch {
	case !strings.HasPrefix(x.ProductFamily, "Compute Instance"), // and (bare metal)
		a.RegionCode != p.region, a.OperatingSystem != p.os, a.Tenancy != "Shared",
		a.PreInstalledSw != "NA", a.CapacityStatus != "Used", a.LicenseModel == "Bring your own license",
		a.LocationType != "" && a.LocationType != "AWS Region", // Outposts, Wavelength zones
		a.MarketOption != "" && a.MarketOption != "OnDemand":
		return nil
	case x.SKU == "" || a.InstanceType == "":
		return p.json.Fail(errors.New("has no sku or no instanceType"))
	}
	p.types[x.SKU] = a.InstanceType
	return nil
}

// A term is what is used of a term.
type term struct {
	PriceDimensions map[string]struct {
		Unit         string
		PricePerUnit map[string]string // currency → amount
	}
}

// price adds the price of a type.
func (p *priceList) price(name string, terms map[string]term) error {
	for _, t := range terms {
		for _, d := range t.PriceDimensions {
			if d.Unit != "Hrs" {
				continue
			}
			if len(d.PricePerUnit) != 1 {
				return p.json.Fail(fmt.Errorf("%s has a price in %d currencies, not in one", name, len(d.PricePerUnit)))
			}
			for currency, amount := range d.PricePerUnit {
				if err := p.add(name, currency, amount); err != nil {
					return p.json.Fail(fmt.Errorf("%s: %w", name, err))
				}
			}
		}
	}
	return nil
}

func (p *priceList) add(name, currency, amount string) error {
	price, err := parseAmount(amount)
	if err != nil || price == 0 {
		return err
	}
	if p.list.Currency != "" && p.list.Currency != currency {
		return fmt.Errorf("its price is in %s, that of others in %s", currency, p.list.Currency)
	}
	if other, twice := p.list.Prices[name]; twice && other != price {
		return fmt.Errorf("it has two prices, %s and %s", min(price, other), max(price, other))
	}
	p.list.Currency = currency
	p.list.Prices[name] = price
	return nil
}

// parseAmount parses a decimal number and rounds it to the nearest billionth, half way
// up. AWS writes ten decimals or more.
func parseAmount(s string) (catalog.Price, error) {
	const decimals = 9
	whole, fraction, point := strings.Cut(s, ".")
	if !point || len(fraction) <= decimals {
		return catalog.ParsePrice(s)
	}
	price, err := catalog.ParsePrice(whole + "." + fraction[:decimals])
	if err != nil || strings.Trim(fraction[decimals:], "0123456789") != "" {
		return 0, fmt.Errorf("price %q is not a decimal number without sign and exponent", s)
	}
	if fraction[decimals] >= '5' {
		price++
	}
	return price, nil
}
