package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/catalogfile"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/catalog/kwok"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// A Supply is the flags that say what can be bought, and at what price.
type Supply struct {
	Region string // whose prices to take; "": that of the offerings
	types  string
	offers string
	spot   string
	prices string
}

// Flags adds the flags to f.
func (s *Supply) Flags(f *flag.FlagSet) {
	f.StringVar(&s.Region, "region", "", "whose prices to take (the `region` of the offerings)")
	f.StringVar(&s.types, "types", "", "types of machines: a catalog `file`, what aws ec2 describe-instance-types prints, or a list of KWOK")
	f.StringVar(&s.offers, "offerings", "", "what aws ec2 describe-instance-type-offerings --location-type availability-zone prints, a `file`")
	f.StringVar(&s.spot, "spot", "", "what aws ec2 describe-spot-price-history prints, a `file`: buy Spot too")
	f.StringVar(&s.prices, "prices", "", "on-demand prices: AWS's offer `file`, or what aws pricing get-products prints")
}

// Given reports whether any of the flags is.
func (s *Supply) Given() bool {
	return s.types != "" || s.offers != "" || s.spot != "" || s.prices != ""
}

// A Market is what can be bought.
type Market struct {
	Catalog  catalog.Catalog
	Prices   pricing.Source // nil: the catalog has its prices
	Currency string         // ISO 4217 code
	Notes    []string       // what is left out, for people
}

// Read reads the files. An error names the file. Names are those of the EC2 types to
// take, none: all.
func (s *Supply) Read(names []string, node ec2.Node) (Market, error) {
	if s.types == "" {
		return s.readEC2(nil, names, node)
	}
	text, err := os.ReadFile(s.types)
	if err != nil {
		return Market{}, err // names the path
	}
	if bytes.Contains(text, []byte(`"InstanceTypes"`)) {
		facts, err := ec2.ReadTypes(bytes.NewReader(text))
		if err != nil {
			return Market{}, fmt.Errorf("%s: %w", s.types, err)
		}
		return s.readEC2(facts, names, node)
	}
	if s.offers != "" || s.spot != "" || s.prices != "" {
		return Market{}, errors.New("-offerings, -spot and -prices are about EC2, and the types are not EC2's")
	}
	f, err := readCatalog(text)
	if err == nil {
		f.Catalog, err = f.Catalog.Split()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s.types, err)
	}
	return Market{Catalog: f.Catalog, Currency: f.Currency}, err
}

// readCatalog reads a list of KWOK, which is a list, or a catalog file.
func readCatalog(text []byte) (catalogfile.File, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return catalogfile.Read(bytes.NewReader(text))
	}
	c, err := kwok.Read(bytes.NewReader(text))
	return catalogfile.File{Catalog: c, Currency: pricing.USD}, err
}

// readEC2 reads the files about EC2; facts may be nil.
func (s *Supply) readEC2(facts []ec2.Type, names []string, node ec2.Node) (Market, error) {
	o := ec2.Options{Region: s.Region, Types: names, Node: node, Facts: facts, CapacityTypes: []catalog.CapacityType{catalog.OnDemand}}
	var err error
	if s.offers != "" {
		if o.Offered, err = readFile(s.offers, ec2.ReadOffered); err != nil {
			return Market{}, err
		}
		if o.Region == "" && len(o.Offered) > 0 {
			o.Region = regionOf(o.Offered[0].Zone)
		}
	}
	if o.Region == "" {
		return Market{}, errors.New("-region is missing, and there are no -offerings that tell it")
	}
	m := Market{}
	if m.Prices, m.Currency, err = s.readPrices(o.Region); err != nil {
		return Market{}, err
	}
	if s.spot != "" {
		o.CapacityTypes = append(o.CapacityTypes, catalog.Spot)
	}
	m.Catalog, err = o.Catalog()
	if unknown := (*ec2.UnknownError)(nil); errors.As(err, &unknown) && facts == nil && len(names) == 0 {
		m.Notes = append(m.Notes, fmt.Sprintf("%d offered types are not in the embedded table and are left out (%s ...): -types has them", len(unknown.Types), unknown.Types[0]))
		o.SkipUnknown = true
		m.Catalog, err = o.Catalog()
	}
	return m, err
}

// readPrices returns the prices of a region, and their currency.
func (s *Supply) readPrices(region string) (pricing.Source, string, error) {
	list, err := prices.OnDemand(region)
	if s.prices != "" {
		list, err = readFile(s.prices, func(r io.Reader) (*prices.List, error) { return prices.ReadPriceList(r, region, "Linux") })
	}
	if err != nil {
		return nil, "", err
	}
	if s.spot == "" {
		return list, list.Currency, nil
	}
	history, err := readFile(s.spot, prices.ReadSpotPrices)
	if err != nil {
		return nil, "", err
	}
	spot, err := prices.Spot{Currency: list.Currency}.Source(history)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", s.spot, err)
	}
	return pricing.First(spot, list), list.Currency, nil
}

// readFile reads a file. An error names it.
func readFile[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	f, err := os.Open(path)
	if err != nil {
		var none T
		return none, err // names the path
	}
	defer f.Close()
	t, err := read(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return t, err
}

// regionOf returns the region of a zone, such as eu-west-1 of eu-west-1a and
// us-west-2 of the local zone us-west-2-lax-1a.
func regionOf(zone string) string {
	return regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+`).FindString(zone)
}

// Replace puts what can be bought in the place of p's catalog, where flags are
// given, and says on stderr what is left out.
func (s *Supply) Replace(p *binpack.Problem, c *Command, stderr io.Writer) error {
	if !s.Given() {
		return nil
	}
	for i := range p.Pools {
		if p.Pools[i].Catalog != nil {
			return fmt.Errorf("pool %s has instance types of its own, which the flags would not replace", p.Pools[i].Name)
		}
	}
	m, err := s.Read(nil, ec2.Node{})
	if err != nil {
		return err
	}
	p.Catalog = m.Catalog
	if m.Prices != nil {
		var unpriced []pricing.Unpriced
		offerings := count(m.Catalog)
		p.Catalog, unpriced = pricing.ApplyKnown(m.Catalog, m.Prices)
		if len(unpriced) > 0 {
			u := unpriced[0]
			m.Notes = append(m.Notes, fmt.Sprintf("%d of %d offerings have no price and are left out (%s in %s, %s: %v ...)",
				len(unpriced), offerings, u.Offering.InstanceType, u.Offering.Zone, u.Offering.CapacityType, u.Err))
		}
	}
	if m.Currency != pricing.USD {
		m.Notes = append(m.Notes, "prices are in "+m.Currency)
	}
	for _, note := range m.Notes {
		fmt.Fprintf(stderr, "%s: %s\n", c.Flags.Name(), note)
	}
	return nil
}

func count(c catalog.Catalog) int {
	n := 0
	for range c.Offerings() {
		n++
	}
	return n
}
