package supply

import (
	"cmp"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/catalog"
)

// An Offer is a node that pods may be put on: an offering as one pool may launch
// it, with values chosen for the pool's open keys, or an existing node.
type Offer struct {
	Pool     int // index in Supply.Pools; of an existing node: ExistingPool
	Key      catalog.Key
	Type     *catalog.InstanceType
	Offering *catalog.Offering
	Chosen   map[string]string // values of the pool's open keys; nil: it has none
	Existing *ExistingNode     // nil: to be launched
	Profile  int               // index of what rules see of the node
	Closed   bool              // no launch is left to it by the limits of offering, pool and quotas
	Limit    int               // most launches; binpack.Unlimited: no limit known; 0 also where its daemons do not fit
}

// ExistingPool is the pool of existing nodes.
const ExistingPool = -1

// Price returns what one launch costs, in billionths of a US dollar per hour.
func (o *Offer) Price() int64 {
	if o.Existing != nil {
		return 0
	}
	return int64(o.Offering.Price)
}

// Name names the offer for people.
func (o *Offer) Name() string {
	if o.Existing != nil {
		return "node " + o.Existing.Node.Name
	}
	return describe.Offering(o.Key)
}

// CompareKeys orders by names alone: instance type, zone, capacity type, reservation.
func CompareKeys(a, b catalog.Key) int {
	return cmp.Or(
		cmp.Compare(a.InstanceType, b.InstanceType),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.CapacityType, b.CapacityType),
		cmp.Compare(a.ReservationID, b.ReservationID),
	)
}

// Compare orders offers by their keys, then by the names of their pools.
func Compare(pools []binpack.Pool, a, b *Offer) int {
	return cmp.Or(CompareKeys(a.Key, b.Key), cmp.Compare(pools[a.Pool].Name, pools[b.Pool].Name))
}
