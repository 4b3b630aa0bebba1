// Package ec2 makes catalogs of Amazon EC2's instance types.
//
// [Options] say which part of EC2's offer a catalog has, and [Node] how its nodes
// are set up. The raw facts of all types (processors, memory, network interfaces,
// devices, attachments of volumes) are embedded as types.csv, or are the user's own
// ([Type]). Everything else is computed from them, as Karpenter computes it: the
// labels (labels.go), the capacity and the overhead of the system (resources.go), the
// limits of pods (pods.go) and of EBS volumes (volumes.go), each formula with its
// source. A test compares each computed label and allocatable of each type with what
// Karpenter documents for a node with Amazon Linux 2023.
//
// The table is of August 2026, from the main branch of
// github.com/aws/karpenter-provider-aws (Karpenter core v1.14.0), and the limits of
// volumes from that of github.com/kubernetes-sigs/aws-ebs-csi-driver; its first lines
// say more. To refresh it, the documented figures that it is tested with and the price
// lists of package pricing/ec2, run in the root of this module, with checkouts of both:
//
//	go run ./catalog/ec2/internal/refresh CHECKOUT EBS-CHECKOUT
//
// Fresher facts are read from what AWS's own commands print: [ReadTypes],
// [ReadOffered], [ReadZones], [ReadReservations]. An embedder who has AWS's SDK fills
// the same structs.
//
// Offerings come without a price, which is the same as free of charge: use
// package pricing before solving.
package ec2
