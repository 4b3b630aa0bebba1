package ec2

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog"
)

// A Node says how the operating system, the kubelet and the CNI plugin of a node
// are set up: all that decides what pods may use of a machine, beside the machine.
// The zero Node is what Karpenter launches by default: Amazon Linux 2023 with a
// root volume of 20 GiB.
type Node struct {
	Family Family // "": AL2023

	// Memory that the virtual machine costs: a share of the machine's, like "7.5%",
	// which is the default. Measured is memory capacity that nodes of a type were
	// seen to report, by name of the type; it is used as it is.
	VMOverhead string
	Measured   map[string]resource.Quantity

	// Reserved for the kubelet, and for the rest of the system. What KubeReserved
	// does not name has the default of the family; of SystemReserved that is nothing.
	KubeReserved   corev1.ResourceList
	SystemReserved corev1.ResourceList

	// EvictionHard has the kubelet's hard eviction thresholds by signal, such as
	// memory.available, each a quantity or a share of the capacity ("5%"; "100%"
	// switches it off). What it does not name has the default of the kubelet's
	// images: 100Mi of memory, 10% of storage. Soft thresholds reserve nothing.
	EvictionHard map[string]string

	// Pods. The limit is that of the addresses (see the package documentation)
	// unless MaxPods states it.
	MaxPods          int64 // 0: not stated
	PodsPerCore      int64 // most per vCPU; 0: no such limit. Bottlerocket has none
	ReservedENIs     int64 // interfaces that give no address to pods
	CustomNetworking bool  // the first interface gives no address to pods
	PrefixDelegation bool  // interfaces of Nitro types have prefixes of 16 addresses
	IPv6             bool  // pods have IPv6 addresses, which come in prefixes
	NoPodENI         bool  // pods have no security groups of their own

	// Storage of pods: the root volume (Bottlerocket: its second volume), or the
	// machine's instance storage in one array.
	RootVolumeGiB int64 // 0: the default of the family
	RAID0         bool  // where the type has instance storage

	// EBS volumes of pods. The limit is that of the type unless MaxVolumes states
	// it.
	MaxVolumes      int64 // NoVolumeLimit: none is stated; 0: the type's
	ReservedVolumes int64 // beside the root volume and what the family adds
	AttachedENIs    int64 // interfaces that are there when the EBS driver starts, which counts them; 0: one
}

// NoVolumeLimit as Node.MaxVolumes leaves the number of volumes open.
const NoVolumeLimit = -1

// Bounds of what a Node may state, so that no formula leaves 64 bits.
const (
	maxCount         = 1 << 16
	maxRootVolumeGiB = 1 << 16 // https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
)

// check returns what is wrong with n, with its path.
func (n *Node) check() error {
	if _, ok := families()[n.family()]; !ok {
		return fmt.Errorf("Family: %q is none of %q", n.Family, slices.Sorted(maps.Keys(families())))
	}
	if n.VMOverhead != "" {
		if _, err := parsePercent(n.VMOverhead); err != nil {
			return fmt.Errorf("VMOverhead: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.Measured)) {
		if q := n.Measured[name]; q.Sign() <= 0 || q.CmpInt64(1<<52) > 0 {
			return fmt.Errorf("Measured[%s]: %s is not a node's memory", name, q.String())
		}
	}
	for _, signal := range slices.Sorted(maps.Keys(n.EvictionHard)) {
		if !slices.Contains(signals(), signal) {
			return fmt.Errorf("EvictionHard: %q is none of the kubelet's signals %q", signal, signals())
		}
		if _, err := threshold(n.EvictionHard[signal], 0); err != nil {
			return fmt.Errorf("EvictionHard[%s]: %w", signal, err)
		}
	}
	for _, field := range []struct {
		name               string
		value, least, most int64
	}{
		{"MaxPods", n.MaxPods, 0, maxCount},
		{"PodsPerCore", n.PodsPerCore, 0, maxCount},
		{"ReservedENIs", n.ReservedENIs, 0, maxCount},
		{"RootVolumeGiB", n.RootVolumeGiB, 0, maxRootVolumeGiB},
		{"MaxVolumes", n.MaxVolumes, NoVolumeLimit, maxCount},
		{"ReservedVolumes", n.ReservedVolumes, 0, maxCount},
		{"AttachedENIs", n.AttachedENIs, 0, maxCount},
	} {
		if field.value < field.least || field.value > field.most {
			return fmt.Errorf("%s: %d is not from %d to %d", field.name, field.value, field.least, field.most)
		}
	}
	return errors.Join(reserved("KubeReserved", n.KubeReserved), reserved("SystemReserved", n.SystemReserved))
}

// reserved checks a list of what is reserved.
func reserved(path string, list corev1.ResourceList) error {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if q := list[name]; q.Sign() < 0 || q.CmpInt64(1<<52) > 0 {
			return fmt.Errorf("%s[%s]: %s is negative or too much", path, name, q.String())
		}
	}
	return nil
}

// signals are the kubelet's eviction signals, see
// https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#eviction-signals.
// Only those of memory and of the node's file system are less to allocate.
func signals() []string {
	return []string{
		"memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree",
		"containerfs.available", "containerfs.inodesFree", "pid.available",
	}
}

// threshold returns an eviction threshold in bytes: a quantity, or a share of the
// capacity, rounded up. A share of 100% switches it off.
func threshold(s string, capacity int64) (int64, error) {
	if strings.HasSuffix(s, "%") {
		percent, err := parsePercent(s)
		if percent == 100*onePercent {
			percent = 0
		}
		return shareOf(capacity, percent), err
	}
	q, err := resource.ParseQuantity(s)
	if err != nil {
		return 0, fmt.Errorf("%q is neither a quantity nor a share like 10%%", s)
	}
	if q.Sign() < 0 || q.CmpInt64(1<<52) > 0 {
		return 0, fmt.Errorf("%q is negative or too much", s)
	}
	return q.Value(), nil
}

// onePercent is one percent in the unit of parsePercent.
const onePercent = int64(catalog.USD)

// parsePercent returns a share like "7.5%", from 0 to 100, in billionths of a
// percent.
func parsePercent(s string) (int64, error) {
	digits, ok := strings.CutSuffix(s, "%")
	p, err := catalog.ParsePrice(digits) // digits and at most nine decimals
	if !ok || err != nil || int64(p) > 100*onePercent {
		return 0, fmt.Errorf("%q is not a share like 7.5%%", s)
	}
	return int64(p), nil
}
