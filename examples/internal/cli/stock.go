package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/catalogfile"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
)

// A Stock is what the files of a Supply hold, read once: types of machines in a
// catalog, or what is known of EC2.
type Stock struct {
	Region   string         // of EC2; "": the machines are not EC2's
	Currency string         // ISO 4217 code
	Prices   pricing.Source // nil: the catalog has its prices

	name     string          // of the file of machines; "": they are EC2's
	machines catalog.Catalog // that are not EC2's
	options  ec2.Options
}

// Load reads the files. An error names the file.
func (s *Supply) Load() (*Stock, error) {
	if s.types == "" {
		return s.loadEC2(nil)
	}
	text, err := os.ReadFile(s.types)
	if err != nil {
		return nil, err // names the path
	}
	if bytes.Contains(text, []byte(`"InstanceTypes"`)) {
		facts, err := ec2.ReadTypes(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.types, err)
		}
		return s.loadEC2(facts)
	}
	if s.offers != "" || s.spot != "" || s.prices != "" {
		return nil, errors.New("-offerings, -spot and -prices are about EC2, and the types are not EC2's")
	}
	f, err := s.loadCatalog(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.types, err)
	}
	return &Stock{Currency: f.Currency, name: filepath.Base(s.types), machines: f.Catalog}, nil
}

// loadCatalog reads a catalog file, as far as it is of the zones.
func (s *Supply) loadCatalog(text []byte) (catalogfile.File, error) {
	f, err := readCatalog(text)
	if err == nil && s.Zones != nil {
		f.Catalog, err = f.Catalog.Select(corev1.NodeSelectorRequirement{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: s.Zones})
	}
	return f, err
}

// loadEC2 reads the files about EC2; facts may be nil.
func (s *Supply) loadEC2(facts []ec2.Type) (*Stock, error) {
	o := ec2.Options{Region: s.Region, Zones: s.Zones, Facts: facts, CapacityTypes: []catalog.CapacityType{catalog.OnDemand}}
	var err error
	if s.offers != "" {
		if o.Offered, err = readFile(s.offers, ec2.ReadOffered); err != nil {
			return nil, err
		}
		if o.Region == "" && len(o.Offered) > 0 {
			o.Region = RegionOf(o.Offered[0].Zone)
		}
	}
	if o.Region = cmp.Or(o.Region, s.Usual); o.Region == "" {
		return nil, errors.New("-region is missing, and there are no -offerings that tell it")
	}
	if s.spot != "" {
		o.CapacityTypes = append(o.CapacityTypes, catalog.Spot)
	}
	stock := &Stock{Region: o.Region, options: o}
	stock.Prices, stock.Currency, err = s.readPrices(o.Region)
	return stock, err
}

// EC2 reports whether the machines are EC2's, so that what is set of a node counts.
func (s *Stock) EC2() bool { return s.Region != "" }

// String says what the prices are.
func (s *Stock) String() string {
	switch {
	case !s.EC2():
		return "those of " + s.name
	case len(s.options.CapacityTypes) > 1:
		return s.Region + ", on-demand list prices and Spot"
	}
	return s.Region + ", on-demand list prices"
}

// Market returns what can be bought as nodes that are set up like node. Names are
// those of the EC2 types to take, none: all.
func (s *Stock) Market(names []string, node ec2.Node) (Market, error) {
	m := Market{Catalog: s.machines, Prices: s.Prices, Currency: s.Currency}
	if !s.EC2() {
		return m, nil
	}
	o := s.options
	o.Types, o.Node = names, node
	var err error
	m.Catalog, err = o.Catalog()
	if unknown := (*ec2.UnknownError)(nil); errors.As(err, &unknown) && o.Facts == nil && len(names) == 0 {
		m.Notes = append(m.Notes, fmt.Sprintf("%d offered types are not in the embedded table and are left out (%s ...): -types has them", len(unknown.Types), unknown.Types[0]))
		o.SkipUnknown = true
		m.Catalog, err = o.Catalog()
	}
	return m, err
}

// Priced returns the catalog of m with its prices. What has none is left out, and
// noted.
func (m *Market) Priced() catalog.Catalog {
	if m.Prices == nil {
		return m.Catalog
	}
	priced, unpriced := pricing.ApplyKnown(m.Catalog, m.Prices)
	if len(unpriced) > 0 {
		u := unpriced[0]
		m.Notes = append(m.Notes, fmt.Sprintf("%d of %d offerings have no price and are left out (%s in %s, %s: %v ...)",
			len(unpriced), count(m.Catalog), u.Offering.InstanceType, u.Offering.Zone, u.Offering.CapacityType, u.Err))
	}
	return priced
}
