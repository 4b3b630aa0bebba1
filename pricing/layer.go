package pricing

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
)

// A Layer changes prices.
type Layer interface {
	// Add returns the step that the layer adds to a price; one without a reason is
	// none. With an error, be it that the layer makes no sense, the offer has no
	// price.
	Add(o Offer, price catalog.Price) (Step, error)
}

// Stack returns a Source that answers with what src says, changed by the layers
// one after the other. It knows what src knows.
func Stack(src Source, layers ...Layer) Source {
	return stack{First(src), slices.Clone(layers)}
}

type stack struct {
	src    Source
	layers []Layer
}

func (s stack) Quote(o Offer) (Quote, error) {
	q, err := s.src.Quote(o)
	for _, layer := range s.layers {
		if err != nil {
			return Quote{}, err
		}
		var step Step
		if step, err = layer.Add(o, q.Price()); err == nil && step.Reason != "" {
			q, err = q.with(step)
		}
	}
	return q, err
}

// A Selection says which offers a layer is about: those whose labels meet all
// requirements, see [catalog.Catalog.Select]; none: all.
type Selection []corev1.NodeSelectorRequirement

// has reports whether a layer of this name is about an offer, whose labels label
// knows.
func (s Selection) has(name string, label func(string) (string, bool)) (bool, error) {
	if err := catalog.CheckRequirements(s...); err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	return catalog.Meets(label, s...), nil
}

// An Adjustment is a Layer that changes prices by an amount or a share, or puts
// another price in their place: a private discount, a licence per node.
type Adjustment struct {
	Name   string // for people
	Change Change
	Of     Selection
}

// Add returns the change of a price.
func (a Adjustment) Add(o Offer, price catalog.Price) (Step, error) {
	if has, err := a.Of.has(a.Name, o.Label); !has {
		return Step{}, err
	}
	amount, err := a.Change.of(price)
	if err != nil {
		return Step{}, fmt.Errorf("%s: %w", a.Name, err)
	}
	return Step{Amount: amount, Reason: a.Name + " " + string(a.Change)}, nil
}

// PerCPU is a Layer that adds a price for each vCPU that a machine has, a part of
// one as a whole: a licence.
type PerCPU struct {
	Name  string        // for people
	Price catalog.Price // per vCPU and hour
	Of    Selection
}

// Add returns what all vCPUs cost.
func (p PerCPU) Add(o Offer, _ catalog.Price) (Step, error) {
	if has, err := p.Of.has(p.Name, o.Label); !has {
		return Step{}, err
	}
	cpus := max(o.Type.Capacity.Cpu().Value(), 0)
	amount, err := scale(p.Price, uint64(cpus), 1)
	if err != nil {
		return Step{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	return Step{Amount: amount, Reason: fmt.Sprintf("%s, %d vCPUs of %s", p.Name, cpus, p.Price)}, nil
}

// Bounds is a Layer that raises prices to Least and lowers them to Most.
type Bounds struct {
	Least, Most catalog.Price // per hour; 0: no such bound
	Of          Selection
}

// Add returns what lacks to the floor, or is above the ceiling.
func (b Bounds) Add(o Offer, price catalog.Price) (Step, error) {
	if b.Least < 0 || b.Most < 0 || b.Most > 0 && b.Most < b.Least {
		return Step{}, fmt.Errorf("bounds: from %s to %s is no range", b.Least, b.Most)
	}
	has, err := b.Of.has("bounds", o.Label)
	switch {
	case !has:
	case price < b.Least:
		return Step{Amount: b.Least - price, Reason: "floor of " + b.Least.String()}, nil
	case b.Most > 0 && price > b.Most:
		return Step{Amount: b.Most - price, Reason: "ceiling of " + b.Most.String()}, nil
	}
	return Step{}, err
}

// Interruption is a Layer that adds to the price of Spot what its interruptions
// are expected to cost.
type Interruption struct {
	// PerMillionHours returns how often a node of the offering is interrupted in a
	// million hours. One in twenty a month, as the Spot Instance Advisor has it, is
	// 68: 0.05 * 1,000,000 / 730.
	PerMillionHours func(k catalog.Key) int64

	Cost        catalog.Price // of an interruption, whatever the node
	LostMinutes int64         // of a node's work that is done again, at the node's price
}

// Add returns what interruptions are expected to cost in an hour.
func (i Interruption) Add(o Offer, price catalog.Price) (Step, error) {
	k := o.Key()
	if k.CapacityType != catalog.Spot {
		return Step{}, nil
	}
	if i.PerMillionHours == nil || i.Cost < 0 || i.LostMinutes < 0 {
		return Step{}, errors.New("interruption: there is no rate, or a cost is negative")
	}
	rate := i.PerMillionHours(k)
	if rate < 0 {
		return Step{}, fmt.Errorf("interruption: a rate of %d is negative", rate)
	}
	const hour, million = 60, 1_000_000
	lost, err := scale(price, uint64(i.LostMinutes), hour)
	if err != nil {
		return Step{}, err
	}
	each, err := Of(i.Cost, "interruption").with(Step{Amount: lost})
	if err != nil {
		return Step{}, err
	}
	amount, err := scale(each.Price(), uint64(rate), million)
	return Step{Amount: amount, Reason: fmt.Sprintf("interruption, %d in a million hours of %s", rate, each.Price())}, err
}
