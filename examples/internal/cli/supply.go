package cli

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"

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
	Region string   // whose types and prices to take; "": that of the offerings, or else Usual
	Usual  string   // "": the region must be said
	Zones  []string // to buy in; nil: all of the offerings, or else a, b and c of the region
	types  string
	offers string
	spot   string
	prices string
}

// Flags adds the flags to f.
func (s *Supply) Flags(f *flag.FlagSet) {
	f.StringVar(&s.Region, "region", "", "whose types and prices to take (the `region` of the offerings)")
	f.StringVar(&s.types, "types", "", "types of machines: a catalog `file`, what aws ec2 describe-instance-types prints, or a list of KWOK")
	f.StringVar(&s.offers, "offerings", "", "what aws ec2 describe-instance-type-offerings --location-type availability-zone prints, a `file`")
	f.StringVar(&s.spot, "spot", "", "what aws ec2 describe-spot-price-history prints, a `file`: buy Spot too")
	f.StringVar(&s.prices, "prices", "", "on-demand prices: AWS's offer `file`, or what aws pricing get-products prints")
}

// Given reports whether any of the flags is.
func (s *Supply) Given() bool {
	return s.types != "" || s.offers != "" || s.spot != "" || s.prices != ""
}

// Priced reports whether prices are read, of whatever region, and are not the
// embedded ones.
func (s *Supply) Priced() bool { return s.prices != "" }

// A Market is what can be bought.
type Market struct {
	Catalog  catalog.Catalog
	Prices   pricing.Source // nil: the catalog has its prices
	Currency string         // ISO 4217 code
	Notes    []string       // what is left out, for people
}

// Read reads the files, and returns what of them can be bought: Load and Market.
func (s *Supply) Read(names []string, node ec2.Node) (Market, error) {
	stock, err := s.Load()
	if err != nil {
		return Market{}, err
	}
	return stock.Market(names, node)
}

// readCatalog reads a list of KWOK, which is a list, or a catalog file.
func readCatalog(text []byte) (catalogfile.File, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return catalogfile.Read(bytes.NewReader(text))
	}
	c, err := kwok.Read(bytes.NewReader(text))
	return catalogfile.File{Catalog: c, Currency: pricing.USD}, err
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

// RegionOf returns the region of a zone of EC2, such as eu-west-1 of eu-west-1a and
// us-west-2 of the local zone us-west-2-lax-1a; "": it is none.
func RegionOf(zone string) string {
	return regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d+`).FindString(zone)
}

// Replace puts what can be bought in the place of p's catalog, where flags are
// given, and says on stderr what is left out. It returns the currency.
func (s *Supply) Replace(p *binpack.Problem, c *Command, stderr io.Writer) (string, error) {
	if !s.Given() {
		return pricing.USD, nil
	}
	for i := range p.Pools {
		if p.Pools[i].Catalog != nil {
			return "", fmt.Errorf("pool %s has instance types of its own, which the flags would not replace", p.Pools[i].Name)
		}
	}
	m, err := s.Read(nil, ec2.Node{})
	if err != nil {
		return "", err
	}
	asKarpenter := make([]bool, len(p.Pools))
	for i := range p.Pools {
		asKarpenter[i] = equality.Semantic.DeepEqual(p.Pools[i].Keys, p.OwnKeys(&p.Pools[i]))
	}
	defer func() { // other machines have other labels
		for i := range p.Pools {
			if asKarpenter[i] {
				p.Pools[i].Keys = p.OwnKeys(&p.Pools[i])
			}
		}
	}()
	p.Catalog = m.Priced()
	m.Say(c, stderr)
	return m.Currency, nil
}

// Say says in lines on stderr what is left out, and of another currency than US
// dollars that it is.
func (m *Market) Say(c *Command, stderr io.Writer) {
	notes := m.Notes
	if m.Currency != pricing.USD {
		notes = append(slices.Clip(notes), "prices are in "+m.Currency)
	}
	for _, note := range notes {
		fmt.Fprintf(stderr, "%s: %s\n", c.Flags.Name(), note)
	}
}

func count(c catalog.Catalog) int {
	n := 0
	for range c.Offerings() {
		n++
	}
	return n
}
