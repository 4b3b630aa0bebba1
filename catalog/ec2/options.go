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
	"github.com/stowage/stowage/catalog/ec2/internal/table"
)

//go:embed types.csv
var typesCSV []byte

// Options says which part of EC2's offer a catalog has. Only Region is
// required.
type Options struct {
	Region        string                 // label topology.kubernetes.io/region
	Zones         []string               // where each type is sold; nil: zones a, b and c of Region
	CapacityTypes []catalog.CapacityType // how each type is sold; nil: on-demand

	Types        []string                         // names of types, like m5.large
	Families     []string                         // families, like m5, beside Types; both empty: all types
	Requirements []corev1.NodeSelectorRequirement // that the labels of an offering must meet as well, see catalog.Catalog.Select

	RootVolumeGiB int    // size of the root volume; 0: DefaultRootVolumeGiB
	Table         []byte // facts to use, in the form of types.csv; nil: the embedded ones
}

// Sizes of a root volume, in GiB.
const (
	DefaultRootVolumeGiB = 20      // what Karpenter gives a node without blockDeviceMappings
	maxRootVolumeGiB     = 1 << 16 // https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
)

// Catalog returns the types that o selects, in the table's order (families by
// name, in each the smallest first), each with an offering for each zone and
// capacity type. Whether a zone has a type in stock, or at all, is not in the
// table. Prices are zero: package pricing fills them in.
//
// Errors name every type and family that is not in the table, and what else
// is wrong with o.
func (o Options) Catalog() (catalog.Catalog, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	types, err := table.Read(bytes.NewReader(o.Table))
	if err != nil {
		return nil, fmt.Errorf("ec2: Table: %w", err)
	}
	if types, err = o.choose(types); err != nil {
		return nil, err
	}
	offerings := o.offerings()
	all := make(catalog.Catalog, len(types))
	for i := range types {
		t := &types[i]
		all[i] = &catalog.InstanceType{
			Name:      t.Name,
			Labels:    labels(t, o.Region),
			Capacity:  capacity(t, o.RootVolumeGiB),
			Overhead:  overhead(t, o.RootVolumeGiB),
			Offerings: slices.Clone(offerings),
		}
	}
	c, err := all.Select(o.Requirements...)
	if err != nil {
		return nil, fmt.Errorf("ec2: %w", err)
	}
	return c, nil
}

// complete fills in what is left out of o and returns what is wrong with the
// rest, Types, Families, Requirements and Table excepted.
func (o *Options) complete() error {
	if o.Region == "" {
		return errors.New("ec2: Region is empty")
	}
	if o.Zones == nil {
		o.Zones = []string{o.Region + "a", o.Region + "b", o.Region + "c"}
	}
	if o.CapacityTypes == nil {
		o.CapacityTypes = []catalog.CapacityType{catalog.OnDemand}
	}
	if o.RootVolumeGiB == 0 {
		o.RootVolumeGiB = DefaultRootVolumeGiB
	}
	if o.Table == nil {
		o.Table = typesCSV
	}
	if err := distinct(o.Zones); err != nil {
		return fmt.Errorf("ec2: Zones%w", err)
	}
	if err := distinct(o.CapacityTypes); err != nil {
		return fmt.Errorf("ec2: CapacityTypes%w", err)
	}
	if o.RootVolumeGiB < 1 || o.RootVolumeGiB > maxRootVolumeGiB {
		return fmt.Errorf("ec2: RootVolumeGiB: %d is not from 1 to %d", o.RootVolumeGiB, maxRootVolumeGiB)
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

// offerings returns what every type is sold as.
func (o *Options) offerings() []catalog.Offering {
	var all []catalog.Offering
	for _, zone := range o.Zones {
		for _, capacityType := range o.CapacityTypes {
			all = append(all, catalog.Offering{Zone: zone, CapacityType: capacityType})
		}
	}
	return all
}

// choose returns the types that o names or has the family of.
func (o *Options) choose(types []table.Type) ([]table.Type, error) {
	if len(o.Types) == 0 && len(o.Families) == 0 {
		return types, nil
	}
	var chosen []table.Type
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

// UnknownError names what Options ask for and the table does not have.
type UnknownError struct {
	Types    []string
	Families []string
}

func (e *UnknownError) Error() string {
	var unknown []string
	if len(e.Types) > 0 {
		unknown = append(unknown, "instance type "+strings.Join(e.Types, ", "))
	}
	if len(e.Families) > 0 {
		unknown = append(unknown, "family "+strings.Join(e.Families, ", "))
	}
	return "ec2: unknown " + strings.Join(unknown, "; unknown ")
}
