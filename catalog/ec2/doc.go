// Package ec2 makes catalogs of Amazon EC2's instance types.
//
// The embedded table types.csv holds the raw facts of all types: processors,
// memory, network interfaces, devices. Everything else is computed from them,
// as Karpenter computes it for a node with Amazon Linux 2023: the labels
// (labels.go), the capacity and the overhead of the system (resources.go). A
// test compares each computed label and allocatable of each type with what
// Karpenter documents.
//
// The table is of August 2026, from the main branch of
// github.com/aws/karpenter-provider-aws (Karpenter core v1.14.0); its first
// lines say more. To refresh it, the documented figures that it is tested
// with and the price lists of package pricing/ec2, run in the root of this
// module, with CHECKOUT a checkout of that repository:
//
//	go run ./catalog/ec2/internal/refresh CHECKOUT
//
// Whoever needs fresher facts than this module has can pass a table of his
// own, see [Options].
//
// Offerings come without a price, which is the same as free of charge: use
// package pricing before solving.
package ec2
