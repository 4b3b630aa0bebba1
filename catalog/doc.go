// Package catalog is the vocabulary of what can be launched: instance types,
// the offerings that they are sold as, and prices. What to call:
//
//	c := catalog.Catalog{{Name: "std-4", Capacity: list, Offerings: []catalog.Offering{
//		{Zone: "north-1", CapacityType: catalog.OnDemand, Price: catalog.USD / 5},
//		{Zone: "north-1", CapacityType: catalog.Spot, Price: catalog.USD / 16}}}}   by hand
//	file, err := catalogfile.Read(r)             from YAML, package catalog/catalogfile
//	c, err := ec2.Options{Region: r}.Catalog()   Amazon EC2, package catalog/ec2; priced by package pricing
//	some, err := c.Select(requirements...)       a part of it
//	err = c.Validate()                           nil: without a fault
//
// A [Catalog] is a list of [InstanceType] values. Each has the labels and
// resources that all its nodes share, and an [Offering] for each zone and
// market that it is sold in, with a [Price] per hour. A [Key] names an
// offering; it survives a new snapshot of the catalog, so that prices, limits
// and failures are kept by key.
//
// A catalog is a snapshot. It is made once (package catalog/ec2 has the types
// of Amazon EC2, catalog/catalogfile those of a file), priced (package pricing),
// narrowed with [Catalog.Select], checked with [Catalog.Validate], and from then
// on shared and never written.
//
// What a node offers to pods is its allocatable: the capacity of the machine
// less the overhead of the system, see [InstanceType.Allocatable]. What can
// be known of a node's labels before it starts is
// [InstanceType.OfferingLabels]: those of the type, and those that follow the
// offering. The key of the label for the capacity type is the catalog's to say.
//
// Where the launcher chooses the value of a label, a type has choices: a plan fixes
// those that its pods ask about. [Catalog.Extend] adds what device plugins bring.
//
// Resources are Kubernetes quantities and money is an integer, so that sums
// are exact and two equal costs are equal.
package catalog
