package kwok

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/internal/jsonstream"
)

// Read reads a list as a catalog, in its order, as
// kwok/cloudprovider/helpers.go of github.com/kubernetes-sigs/karpenter reads it:
// 110 pods where the entry does not state them, 100m of CPU and 10Mi of memory
// reserved, every offering available.
//
// An entry whose name others have too is called like m5.large/linux, if need be
// m5.large/linux/amd64, and then m5.large/linux/amd64#2. One with several operating
// systems has a choice of them, see [catalog.Catalog.Split]. An offering for several
// zones or capacity types is one for each. Prices are rounded to the nearest
// billionth.
//
// Errors have line, column and path.
func Read(r io.Reader) (catalog.Catalog, error) {
	c := catalog.Catalog{}
	d := jsonstream.New(r)
	err := d.Array(func(int) error {
		var o options
		if err := d.Value(&o); err != nil {
			return err
		}
		t, err := o.instanceType()
		if err != nil {
			return d.Fail(err)
		}
		if err := (catalog.Catalog{t}).Validate(); err != nil {
			return d.Fail(inside(err))
		}
		c = append(c, t)
		return nil
	})
	if err == nil {
		err = d.End()
	}
	if err == nil {
		name(c)
		if err = c.Validate(); err != nil { // names that others were given
			err = d.Fail(err)
		}
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// inside returns the faults of an entry without the catalog's path.
func inside(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "Catalog[0].", ""))
}

// options is InstanceTypeOptions.
type options struct {
	Name             string
	Architecture     string
	OperatingSystems []string
	Resources        map[string]json.RawMessage
	Offerings        []offering
}

// An offering has one of two forms: requirements, or zone and capacity type.
type offering struct {
	Price               json.Number
	ReservationCapacity int
	Requirements        []corev1.NodeSelectorRequirement
	Zone, CapacityType  string
}

func (o *options) instanceType() (*catalog.InstanceType, error) {
	if o.Name == "" || o.Architecture == "" || len(o.OperatingSystems) == 0 {
		return nil, errors.New("has no name, no architecture or no operatingSystems")
	}
	t := &catalog.InstanceType{
		Name: o.Name, TypeLabel: o.Name,
		Labels:   map[string]string{corev1.LabelArchStable: o.Architecture},
		Capacity: corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(110, resource.DecimalSI)},
		Overhead: corev1.ResourceList{
			corev1.ResourceCPU:    *resource.NewMilliQuantity(100, resource.DecimalSI),
			corev1.ResourceMemory: *resource.NewQuantity(10<<20, resource.BinarySI),
		},
	}
	if len(o.OperatingSystems) == 1 {
		t.Labels[corev1.LabelOSStable] = o.OperatingSystems[0]
	} else {
		t.Choices = map[string][]string{corev1.LabelOSStable: o.OperatingSystems}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Resources)) {
		var q resource.Quantity
		if err := json.Unmarshal(o.Resources[name], &q); err != nil {
			return nil, fmt.Errorf("resources.%s: %s is not a quantity", name, o.Resources[name])
		}
		t.Capacity[corev1.ResourceName(name)] = q
	}
	cpu, memory := t.Capacity[corev1.ResourceCPU], t.Capacity[corev1.ResourceMemory]
	if cpu.Sign() <= 0 || memory.Sign() <= 0 {
		return nil, errors.New("resources: there is no cpu or no memory")
	}
	const group = "karpenter.kwok.sh"
	t.Labels[group+"/instance-cpu"] = cpu.String()
	t.Labels[group+"/instance-memory"] = memory.String()
	t.Labels[group+"/instance-family"] = family(o.Name)
	t.Labels[group+"/instance-size"] = size(o.Name, cpu.String())
	for i := range o.Offerings {
		offerings, err := o.Offerings[i].offerings()
		if err != nil {
			return nil, fmt.Errorf("offerings[%d]: %w", i, err)
		}
		t.Offerings = append(t.Offerings, offerings...)
	}
	return t, nil
}

// family returns what stands before the first point or dash, or else the first
// letter (parseFamilyFromType).
func family(name string) string {
	if i := strings.IndexAny(name, ".-"); i >= 0 {
		return name[:i]
	}
	return name[:1]
}

// size returns the size of a name like m5.large, or else the CPUs
// (parseSizeFromType).
func size(name, cpu string) string {
	if m := regexp.MustCompile(`^\w+\.(nano|micro|small|medium|large|\d*xlarge|metal)$`).FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return cpu
}

// offerings returns an offering for each way to meet the requirements.
func (o *offering) offerings() ([]catalog.Offering, error) {
	price, err := parsePrice(o.Price)
	if err != nil {
		return nil, err
	}
	if o.ReservationCapacity < 0 {
		return nil, fmt.Errorf("ReservationCapacity: %d is negative", o.ReservationCapacity)
	}
	all := []catalog.Offering{{Zone: o.Zone, CapacityType: catalog.CapacityType(o.CapacityType), Price: price, Limit: o.ReservationCapacity}}
	for i, r := range o.Requirements {
		if r.Operator != corev1.NodeSelectorOpIn || len(r.Values) == 0 {
			return nil, fmt.Errorf("Requirements[%d]: %s %s %q: only In with values says what an offering is", i, r.Key, r.Operator, r.Values)
		}
		var longer []catalog.Offering
		for _, offering := range all {
			for _, value := range r.Values {
				longer = append(longer, with(offering, r.Key, value))
			}
		}
		all = longer
		if len(all) > 1000 {
			return nil, fmt.Errorf("Requirements: more than 1000 ways to meet them")
		}
	}
	for _, offering := range all {
		if offering.Zone == "" || offering.CapacityType == "" {
			return nil, errors.New("has no zone or no capacity type")
		}
	}
	return all, nil
}

// with returns the offering with a label.
func with(o catalog.Offering, key, value string) catalog.Offering {
	switch catalog.CurrentKey(key) {
	case corev1.LabelTopologyZone:
		o.Zone = value
	case catalog.CapacityTypeLabel:
		o.CapacityType = catalog.CapacityType(value)
	default:
		labels := maps.Clone(o.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		labels[key] = value
		o.Labels = labels
	}
	return o
}

// parsePrice parses a number of JSON, which has as many decimals as a float64
// needs, and rounds it.
func parsePrice(n json.Number) (catalog.Price, error) {
	if p, err := catalog.ParsePrice(n.String()); err == nil {
		return p, nil
	}
	v, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return 0, fmt.Errorf("price: %q is not a number", n)
	}
	p, err := catalog.FromUSD(v)
	if err != nil {
		return 0, err
	}
	return p, nil
}

// name makes the names of entries unique.
func name(c catalog.Catalog) {
	rename := func(more func(t *catalog.InstanceType, n int) string) {
		count := map[string]int{}
		for _, t := range c {
			count[t.Name]++
		}
		seen := map[string]int{}
		for _, t := range c {
			if old := t.Name; count[old] > 1 {
				seen[old]++
				t.Name += more(t, seen[old])
			}
		}
	}
	rename(func(t *catalog.InstanceType, _ int) string {
		systems := t.Choices[corev1.LabelOSStable]
		if systems == nil {
			systems = []string{t.Labels[corev1.LabelOSStable]}
		}
		return "/" + strings.Join(systems, "+")
	})
	rename(func(t *catalog.InstanceType, _ int) string { return "/" + t.Labels[corev1.LabelArchStable] })
	rename(func(_ *catalog.InstanceType, n int) string {
		if n == 1 {
			return ""
		}
		return "#" + strconv.Itoa(n)
	})
}
