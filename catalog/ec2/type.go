package ec2

import (
	"fmt"

	"github.com/stowage/stowage/catalog"
)

// A Type is the raw facts of one instance type, as DescribeInstanceTypes tells
// them. A zero says that the type has no such thing.
type Type struct {
	Name       string // m5.large
	Arch       string // amd64 or arm64; another: no Kubernetes node, and in no catalog
	VCPUs      int64
	MemoryMiB  int64
	Hypervisor string // nitro or xen; "": bare metal
	CPUMaker   string // intel, amd or aws
	ClockMHz   int64  // sustained
	EBSMbps    int64  // most to and from EBS; 0: not EBS-optimized by default
	NetMbps    int64  // baseline; 0: AWS states only a word
	Encryption bool   // of traffic between instances, in transit
	NVMeGB     int64  // instance storage in all
	ENIs       int64  // network interfaces of the default network card
	IPv4PerENI int64  // addresses of each
	BranchENIs int64  // interfaces for pods with security groups
	Pods       int64  // pod limit, stated only where ENIs are not
	EFAs       int64  // elastic fabric adapters

	GPU         Device
	Accelerator Device
	Volumes     VolumeLimit
	Markets     []catalog.CapacityType // how it is sold; nil: not known, which is every way
}

// A Device is the graphics cards or the accelerators of a type.
type Device struct {
	Name      string // "": the type has none, or of several kinds
	Maker     string
	Count     int64 // 0 beside a name: a share of one card
	MemoryMiB int64 // of each; 0: not stated
	Cores     int64 // NeuronCores of each
}

// A VolumeLimit is how many EBS volumes can be attached, the root volume among them.
type VolumeLimit struct {
	Count  int64 // 0: not known
	Shared bool  // network interfaces beside the first take from it
}

// check returns what is wrong with t where each fact by itself is right.
func (t *Type) check() error {
	if _, err := parseName(t.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	for _, n := range [...]int64{t.VCPUs, t.ENIs, t.IPv4PerENI, t.BranchENIs, t.Pods, t.EFAs, t.GPU.Count, t.Accelerator.Count, t.Accelerator.Cores, t.Volumes.Count} {
		if n < 0 || n >= 1<<countBits {
			return fmt.Errorf("%s has %d of something", t.Name, n)
		}
	}
	for _, n := range [...]int64{t.MemoryMiB, t.ClockMHz, t.EBSMbps, t.NetMbps, t.NVMeGB, t.GPU.MemoryMiB} {
		if n < 0 || n >= 1<<amountBits {
			return fmt.Errorf("%s has an amount of %d", t.Name, n)
		}
	}
	if t.VCPUs == 0 || t.MemoryMiB == 0 {
		return fmt.Errorf("%s has no CPU or no memory", t.Name)
	}
	if (t.ENIs > 0) != (t.IPv4PerENI > 0) || (t.ENIs > 0) == (t.Pods > 0) {
		return fmt.Errorf("%s needs either enis and ipv4_per_eni or pods", t.Name)
	}
	return nil
}
