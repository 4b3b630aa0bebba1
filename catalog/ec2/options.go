package ec2

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
)

//go:embed types.csv
var typesCSV []byte

// Options says which part of EC2's offer a catalog has. Only Region is
// required.
type Options struct {
	Region        string                 // label topology.kubernetes.io/region
	Zones         []string               // where types are sold; nil: those of Offered, or else zones a, b and c of Region
	CapacityTypes []catalog.CapacityType // how types are sold; nil: on-demand. Reservations come beside them

	Types        []string                         // names of types, like m5.large
	Families     []string                         // families, like m5, beside Types; both empty: all types
	Requirements []corev1.NodeSelectorRequirement // that the labels of an offering must meet as well, see catalog.Catalog.Select

	Node Node // how nodes are set up

	// What is known of the account and the region, see ReadTypes, ReadOffered,
	// ReadZones and ReadReservations.
	Facts        []Type            // of instance types; nil: the embedded ones
	Offered      []Offered         // which zone has which type; nil: each has each
	ZoneIDs      map[string]string // zone → id, label topology.k8s.aws/zone-id
	Reservations []Reservation     // capacity reservations; each is an offering of its own

	// SkipUnknown leaves out what is offered or reserved of types that Facts do not
	// have. Otherwise it is an *UnknownError.
	SkipUnknown bool
}

// Offered says that a zone has a type.
type Offered struct{ InstanceType, Zone string }

// Labels that follow an offering, see
// https://karpenter.sh/docs/concepts/scheduling/#well-known-labels and
// https://github.com/kubernetes-sigs/aws-ebs-csi-driver.
const (
	zoneIDLabel        = "topology.k8s.aws/zone-id"
	ebsZoneLabel       = "topology.ebs.csi.aws.com/zone"
	reservationID      = "karpenter.k8s.aws/capacity-reservation-id"
	reservationType    = "karpenter.k8s.aws/capacity-reservation-type"
	reservationCanStop = "karpenter.k8s.aws/capacity-reservation-interruptible"
)

// Catalog returns the types that o selects, in the order of the facts (the
// embedded ones: families by name, in each the smallest first), each with an
// offering for each zone and capacity type, as far as Offered and the facts do not
// say that there is none, and one for each reservation. Prices are zero: package
// pricing fills them in.
//
// Types that cannot be nodes of the family (Macs, Arm machines with Windows) and those
// that no zone has are left out, unless Types names them. Errors name every type and
// family that is not in the facts, and what else is wrong with o.
func (o Options) Catalog() (catalog.Catalog, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("ec2: %w", err)
	}
	types, err := o.facts()
	if err != nil {
		return nil, fmt.Errorf("ec2: %w", err)
	}
	sold, err := o.market(types)
	if err != nil {
		return nil, err
	}
	if types, err = o.choose(types); err != nil {
		return nil, err
	}
	node := o.Node.setup()
	var none UnknownError
	all := make(catalog.Catalog, 0, len(types))
	for i := range types {
		t := &types[i]
		offerings := sold.offerings(t)
		if len(offerings) == 0 || !node.runs(t) {
			if slices.Contains(o.Types, t.Name) {
				none.NotSold = append(none.NotSold, t.Name)
			}
			continue
		}
		all = append(all, &catalog.InstanceType{
			Name:      t.Name,
			Labels:    node.labels(t, o.Region),
			Capacity:  node.capacity(t),
			Overhead:  node.systemOverhead(t),
			Offerings: offerings,
		})
	}
	if none.NotSold != nil {
		return nil, &none
	}
	if len(o.Requirements) == 0 {
		return all, nil
	}
	c, err := all.Select(o.Requirements...)
	if err != nil {
		return nil, fmt.Errorf("ec2: %w", err)
	}
	return c, nil
}

// runs reports whether a machine of type t can be a node of the family.
func (s *setup) runs(t *Type) bool {
	return t.Arch == "amd64" || t.Arch == "arm64" && s.windowsBuild == ""
}

// complete fills in what is left out of o and returns what is wrong with the
// rest, Types, Families, Requirements and Facts excepted.
func (o *Options) complete() error {
	if o.Region == "" {
		return errors.New("Region is empty")
	}
	if o.Zones == nil && o.Offered != nil {
		o.Zones = []string{}
		for _, offered := range o.Offered {
			o.Zones = append(o.Zones, offered.Zone)
		}
		slices.Sort(o.Zones)
		o.Zones = slices.Compact(o.Zones)
	} else if o.Zones == nil {
		o.Zones = []string{o.Region + "a", o.Region + "b", o.Region + "c"}
	}
	if o.CapacityTypes == nil {
		o.CapacityTypes = []catalog.CapacityType{catalog.OnDemand}
	}
	if err := distinct(o.Zones); err != nil {
		return fmt.Errorf("Zones%w", err)
	}
	if err := distinct(o.CapacityTypes); err != nil {
		return fmt.Errorf("CapacityTypes%w", err)
	}
	if slices.Contains(o.CapacityTypes, catalog.Reserved) {
		return fmt.Errorf("CapacityTypes: %s is what Reservations are sold as", catalog.Reserved)
	}
	if err := o.Node.check(); err != nil {
		return fmt.Errorf("Node.%w", err)
	}
	return nil
}

// distinct returns an error, which begins with an index, if a name is empty or
// there twice.
func distinct[S ~string](names []S) error {
	for i, name := range names {
		if name == "" {
			return fmt.Errorf("[%d]: is empty", i)
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("[%d]: %s is there twice", i, name)
		}
	}
	return nil
}

// facts returns the facts of all types.
func (o *Options) facts() ([]Type, error) {
	if o.Facts == nil {
		return ReadTable(bytes.NewReader(typesCSV))
	}
	first := make(map[string]int, len(o.Facts))
	for i := range o.Facts {
		t := &o.Facts[i]
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("Facts[%d]: %w", i, err)
		}
		if j, ok := first[t.Name]; ok {
			return nil, fmt.Errorf("Facts[%d]: %s is Facts[%d] too", i, t.Name, j)
		}
		first[t.Name] = i
	}
	return o.Facts, nil
}

// choose returns the types that o names or has the family of.
func (o *Options) choose(types []Type) ([]Type, error) {
	if len(o.Types) == 0 && len(o.Families) == 0 {
		return types, nil
	}
	var chosen []Type
	unknown := UnknownError{Types: slices.Clone(o.Types), Families: slices.Clone(o.Families)}
	for _, t := range types {
		family, _, _ := strings.Cut(t.Name, ".")
		if !slices.Contains(o.Types, t.Name) && !slices.Contains(o.Families, family) {
			continue
		}
		chosen = append(chosen, t)
		unknown.Types = without(unknown.Types, t.Name)
		unknown.Families = without(unknown.Families, family)
	}
	if len(unknown.Types) > 0 || len(unknown.Families) > 0 {
		return nil, &unknown
	}
	return chosen, nil
}

// without removes s from list, wherever it is.
func without(list []string, s string) []string {
	return slices.DeleteFunc(list, func(e string) bool { return e == s })
}

// UnknownError names what Options ask for and there is not.
type UnknownError struct {
	Types    []string // asked for, offered or reserved
	Families []string
	NotSold  []string // types that are asked for by name, and that no zone has or no node can be
}

func (e *UnknownError) Error() string {
	var unknown []string
	if len(e.Types) > 0 {
		unknown = append(unknown, "instance type "+strings.Join(e.Types, ", "))
	}
	if len(e.Families) > 0 {
		unknown = append(unknown, "family "+strings.Join(e.Families, ", "))
	}
	text := "ec2: unknown " + strings.Join(unknown, "; unknown ")
	if len(unknown) == 0 {
		text = "ec2: no zone has, or no node can be, instance type " + strings.Join(e.NotSold, ", ")
	}
	return text
}
