package catalogfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/stowage/stowage/catalog"
)

// A File is what a catalog file holds.
type File struct {
	Currency string // ISO 4217 code of the prices
	Catalog  catalog.Catalog
}

// Read reads a catalog file. Every fault that is found is an *Error; they are
// joined.
func Read(r io.Reader) (File, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return File{}, err
	}
	fileJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return File{}, syntaxError(err)
	}
	d := decoder{text: text}
	f := d.file(fileJSON)
	if len(d.faults) == 0 {
		d.catalogFaults(f.Catalog.Validate())
	}
	if len(d.faults) > 0 {
		return File{}, errors.Join(d.faults...)
	}
	return f, nil
}

// The parts of a file. What has keys of the user's is decoded later, so that a fault
// is found by its path.
type (
	fileFields struct {
		Currency          string                     `json:"currency"`
		CapacityTypeLabel string                     `json:"capacityTypeLabel"`
		Labels            json.RawMessage            `json:"labels"`
		Zones             map[string]json.RawMessage `json:"zones"`
		CapacityTypes     map[string]json.RawMessage `json:"capacityTypes"`
		Types             []json.RawMessage          `json:"types"`
	}
	partFields struct {
		Labels json.RawMessage `json:"labels"`
	}
	typeFields struct {
		Name      string                     `json:"name"`
		TypeLabel string                     `json:"typeLabel"`
		Labels    json.RawMessage            `json:"labels"`
		Choices   map[string][]string        `json:"choices"`
		Capacity  json.RawMessage            `json:"capacity"`
		Overhead  json.RawMessage            `json:"overhead"`
		Prices    map[string]json.RawMessage `json:"prices"`
		Offerings []json.RawMessage          `json:"offerings"`
	}
	offeringFields struct {
		Zone          string          `json:"zone"`
		CapacityType  string          `json:"capacityType"`
		Price         json.RawMessage `json:"price"`
		ReservationID string          `json:"reservationId"`
		Limit         int             `json:"limit"`
		Unavailable   bool            `json:"unavailable"`
		Labels        json.RawMessage `json:"labels"`
		Allocatable   json.RawMessage `json:"allocatable"`
	}
)

// A common is what all types of a file share.
type common struct {
	key    string                                     // of the label of the capacity type
	labels map[string]string                          // of all nodes
	zones  map[string]map[string]string               // labels by zone; nil: there are no zones
	how    map[catalog.CapacityType]map[string]string // labels by capacity type; nil: any
}

func (d *decoder) file(text []byte) File {
	var f fileFields
	d.decode("", text, &f)
	c := common{key: f.CapacityTypeLabel, labels: d.labels("labels", f.Labels)}
	if f.Zones != nil {
		c.zones = map[string]map[string]string{}
	}
	for _, zone := range slices.Sorted(maps.Keys(f.Zones)) {
		c.zones[zone] = d.part("zones."+zone, f.Zones[zone])
	}
	if f.CapacityTypes != nil {
		c.how = map[catalog.CapacityType]map[string]string{}
	}
	for _, how := range slices.Sorted(maps.Keys(f.CapacityTypes)) {
		c.how[catalog.CapacityType(how)] = d.part("capacityTypes."+how, f.CapacityTypes[how])
	}
	file := File{Currency: f.Currency}
	if file.Currency == "" {
		file.Currency = "USD"
	}
	if f.Types == nil && len(d.faults) == 0 {
		d.fail("", errors.New("there are no types"))
	}
	for i, text := range f.Types {
		file.Catalog = append(file.Catalog, d.instanceType(fmt.Sprintf("types[%d]", i), text, &c))
	}
	return file
}

// part returns the labels of a zone or a capacity type.
func (d *decoder) part(path string, text []byte) map[string]string {
	var p partFields
	d.decode(path, text, &p)
	return d.labels(path+".labels", p.Labels)
}

func (d *decoder) instanceType(path string, text []byte, c *common) *catalog.InstanceType {
	var f typeFields
	d.decode(path, text, &f)
	t := &catalog.InstanceType{
		Name: f.Name, TypeLabel: f.TypeLabel, CapacityTypeKey: c.key, Choices: f.Choices,
		Labels:   merged(c.labels, d.labels(path+".labels", f.Labels)),
		Capacity: d.quantities(path+".capacity", f.Capacity),
		Overhead: d.quantities(path+".overhead", f.Overhead),
	}
	zones := slices.Sorted(maps.Keys(c.zones))
	if c.zones == nil {
		zones = []string{""}
	}
	for _, how := range slices.Sorted(maps.Keys(f.Prices)) {
		at := path + ".prices." + how
		price := d.price(at, f.Prices[how])
		for _, zone := range zones {
			o := catalog.Offering{Zone: zone, CapacityType: catalog.CapacityType(how), Price: price}
			t.Offerings = append(t.Offerings, d.placed(at, o, c))
		}
	}
	for i, text := range f.Offerings {
		t.Offerings = append(t.Offerings, d.offering(fmt.Sprintf("%s.offerings[%d]", path, i), text, c))
	}
	if len(t.Offerings) == 0 {
		d.fail(path, errors.New("has no prices and no offerings"))
	}
	return t
}

func (d *decoder) offering(path string, text []byte, c *common) catalog.Offering {
	var f offeringFields
	d.decode(path, text, &f)
	if f.Price == nil {
		d.fail(path, errors.New("has no price"))
	}
	return d.placed(path, catalog.Offering{
		Zone: f.Zone, CapacityType: catalog.CapacityType(f.CapacityType), ReservationID: f.ReservationID,
		Price: d.price(path+".price", f.Price), Limit: f.Limit, Unavailable: f.Unavailable,
		Labels:      d.labels(path+".labels", f.Labels),
		Allocatable: d.quantities(path+".allocatable", f.Allocatable),
	}, c)
}

// placed returns o with the labels of its zone and its capacity type, which the
// file must have.
func (d *decoder) placed(path string, o catalog.Offering, c *common) catalog.Offering {
	zone, known := c.zones[o.Zone]
	if c.zones != nil && !known {
		d.fail(path, fmt.Errorf("the file has no zone %q", o.Zone))
	}
	how, known := c.how[o.CapacityType]
	if c.how != nil && !known {
		d.fail(path, fmt.Errorf("the file has no capacity type %q", o.CapacityType))
	}
	o.Labels = merged(zone, how, o.Labels)
	return o
}

// merged returns all labels; of one key the last counts.
func merged(all ...map[string]string) map[string]string {
	var out map[string]string
	for _, labels := range all {
		for key, value := range labels {
			if out == nil {
				out = map[string]string{}
			}
			out[key] = value
		}
	}
	return out
}

// strict returns a decoder that refuses unknown fields.
func strict(text []byte) *json.Decoder {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec
}
