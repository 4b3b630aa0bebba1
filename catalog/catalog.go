package catalog

import (
	"iter"

	corev1 "k8s.io/api/core/v1"
)

// CapacityType is the market that an offering is bought in. A node shows it in
// a label whose key the catalog says, see InstanceType.CapacityTypeKey.
type CapacityType string

// The capacity types that EC2 and Karpenter know. Others are legal.
const (
	OnDemand CapacityType = "on-demand"
	Spot     CapacityType = "spot"
	Reserved CapacityType = "reserved"
)

// A Key names an offering. Read as a pattern, an empty field matches every
// value.
type Key struct {
	InstanceType  string // Name of the InstanceType
	Zone          string
	CapacityType  CapacityType
	ReservationID string
}

// Matches reports whether k, read as a pattern, matches o.
func (k Key) Matches(o Key) bool {
	return (k.InstanceType == "" || k.InstanceType == o.InstanceType) &&
		(k.Zone == "" || k.Zone == o.Zone) &&
		(k.CapacityType == "" || k.CapacityType == o.CapacityType) &&
		(k.ReservationID == "" || k.ReservationID == o.ReservationID)
}

// An InstanceType is a kind of machine that can be launched: an entry of a
// catalog.
//
// Name tells entries apart. The label node.kubernetes.io/instance-type is
// another thing: a machine that is sold with either of two operating systems
// is two entries with one TypeLabel.
//
// Choices are labels whose value the launcher chooses, such as the
// operating system where an image of each is at hand. A plan chooses where its pods ask,
// and leaves the rest to the launcher.
//
// Capacity has resources by the names that pods ask for them: cpu, memory,
// ephemeral-storage, nvidia.com/gpu and the like. Two are limits of the node: pods, how
// many pods it runs, and attachable-volumes-csi-DRIVER, how many volumes of a CSI driver
// it can have attached. Of these no entry is no limit; of all else it is none at all.
type InstanceType struct {
	Name            string              // unique in its catalog
	TypeLabel       string              // value of the label node.kubernetes.io/instance-type; "": Name
	CapacityTypeKey string              // key of the label that has the capacity type; "": CapacityTypeLabel
	Labels          map[string]string   // on every node of this type
	Choices         map[string][]string // label key → values; a launched node has one of them; nil: none

	Capacity  corev1.ResourceList // what the machine has, see above
	Overhead  corev1.ResourceList // kube-reserved, system-reserved and eviction threshold together
	Offerings []Offering
}

// An Offering is an instance type as it is sold in one zone and market.
//
// Labels are those that follow the offering: the zone's id, a CSI driver's key
// for the zone, a capacity block, a subnet. They count before the type's. They
// may give the capacity type another value than CapacityType on the node (a
// cloud that calls on-demand "regular"), but not the zone and not the instance
// type.
type Offering struct {
	Zone          string
	CapacityType  CapacityType
	ReservationID string              // the capacity reservation that it draws on; "": none
	Labels        map[string]string   // on a node of this offering, beside the type's; nil: none
	Price         Price               // per hour
	Allocatable   corev1.ResourceList // overrides the type's, name by name; nil: none
	Limit         int                 // most launches; 0: no limit known (none at all: Unavailable)
	Unavailable   bool                // known not to be launchable now
}

// Key returns the key of the i-th offering of t.
func (t *InstanceType) Key(i int) Key {
	o := &t.Offerings[i]
	return Key{InstanceType: t.Name, Zone: o.Zone, CapacityType: o.CapacityType, ReservationID: o.ReservationID}
}

// Allocatable returns what pods may use of a node of this type: capacity less
// overhead, resource by resource, never below zero.
func (t *InstanceType) Allocatable() corev1.ResourceList {
	alloc := make(corev1.ResourceList, len(t.Capacity))
	for name, q := range t.Capacity {
		left := q.DeepCopy()
		if over, ok := t.Overhead[name]; ok {
			left.Sub(over)
		}
		if left.Sign() < 0 {
			left.Set(0)
		}
		alloc[name] = left
	}
	return alloc
}

// AllocatableOf returns what pods may use of a node launched from the i-th
// offering: that of the type, overridden name by name by the offering's.
func (t *InstanceType) AllocatableOf(i int) corev1.ResourceList {
	alloc := t.Allocatable()
	for name, q := range t.Offerings[i].Allocatable {
		alloc[name] = q.DeepCopy()
	}
	return alloc
}

// A Catalog is a snapshot of what can be launched: instance types with their
// offerings and prices. It is shared freely and never written.
type Catalog []*InstanceType

// Offerings yields every offering of the catalog with its key, in the
// catalog's order. A nil type, which Validate reports, has none.
func (c Catalog) Offerings() iter.Seq2[Key, *Offering] {
	return func(yield func(Key, *Offering) bool) {
		for _, t := range c {
			if t == nil {
				continue
			}
			for i := range t.Offerings {
				if !yield(t.Key(i), &t.Offerings[i]) {
					return
				}
			}
		}
	}
}
