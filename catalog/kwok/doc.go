// Package kwok reads the instance types of Karpenter's KWOK provider, which
// simulators use: the list of InstanceTypeOptions that INSTANCE_TYPES_FILE_PATH
// names, see
// https://github.com/kubernetes-sigs/karpenter/blob/main/kwok/README.md.
//
// A list has an entry for each operating system of a machine, under one name.
// [Read] tells them apart by the names of entries ([catalog.InstanceType]'s Name), and
// leaves the machine's name to the label of the instance type.
package kwok
