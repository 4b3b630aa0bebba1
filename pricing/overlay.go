package pricing

import (
	"fmt"

	"github.com/stowage/stowage/catalog"
)

// Overlays is a Layer that changes the price of each offer by the overlay of the
// highest weight that selects it, and by no other: changes do not add up. It has the
// semantics of Karpenter's NodeOverlay, see
// https://karpenter.sh/docs/concepts/nodeoverlays/.
//
// Karpenter applies of two overlays of equal weight that select one offer only the
// one whose name comes later, and the other to no offer at all. Here such an offer
// has no price, and the error names both: give them weights.
type Overlays struct {
	List       []Overlay
	PoolLabels map[string]string // of the pool whose catalog is priced; overlays may select by them too
}

// An Overlay is the price part of a NodeOverlay.
type Overlay struct {
	Name   string
	Weight int32
	Change Change // the overlay's price, or its priceAdjustment
	Of     Selection
}

// Add returns the change of the overlay that counts.
func (l Overlays) Add(o Offer, price catalog.Price) (Step, error) {
	label := func(key string) (string, bool) {
		if v, ok := o.Label(key); ok {
			return v, true
		}
		v, ok := l.PoolLabels[key]
		return v, ok
	}
	var found, equal *Overlay
	for i := range l.List {
		overlay := &l.List[i]
		has, err := overlay.Of.has("overlay "+overlay.Name, label)
		switch {
		case err != nil:
			return Step{}, err
		case !has:
		case found == nil || overlay.Weight > found.Weight:
			found, equal = overlay, nil
		case overlay.Weight == found.Weight:
			equal = overlay
		}
	}
	if equal != nil {
		return Step{}, fmt.Errorf("overlays %s and %s both have weight %d and select it", found.Name, equal.Name, found.Weight)
	}
	if found == nil {
		return Step{}, nil
	}
	amount, err := found.Change.of(price)
	if err != nil {
		return Step{}, fmt.Errorf("overlay %s: %w", found.Name, err)
	}
	return Step{Amount: amount, Reason: fmt.Sprintf("overlay %s %s", found.Name, found.Change)}, nil
}
