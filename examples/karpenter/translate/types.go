package translate

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	requirements "sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/catalog"
)

// An entry is an instance type of the catalog, and the one of Karpenter that it stands
// for.
type entry struct {
	*catalog.InstanceType
	of        *cloudprovider.InstanceType
	offerings []*cloudprovider.Offering // in the order of the entry's
	chosen    map[string]string         // labels of which the type leaves several values, as the entry has them
}

// catalog makes the pool's catalog: the types and offerings that its requirements admit, as
// Karpenter reads them. Of a label for which a type has several values there is an entry
// for each.
func (p *pool) catalog(types []*cloudprovider.InstanceType, lost *losses) {
	p.Catalog = catalog.Catalog{} // not nil: that would be the Problem's
	names := map[string]bool{}
	for _, it := range types {
		if it.Requirements.Intersects(p.template.Requirements) != nil {
			continue
		}
		if names[it.Name] {
			lost.say("InstanceType", it.Name, "two types of one name: the first that the pool admits is taken")
			continue
		}
		names[it.Name] = true
		made, offered := p.convert(it, lost)
		for _, labels := range p.labels(it, lost) {
			e := &entry{of: it, offerings: offered, chosen: labels.chosen}
			copied := *made
			e.InstanceType = &copied
			e.Name, e.TypeLabel, e.Labels = it.Name, it.Name, labels.all
			for _, key := range slices.Sorted(maps.Keys(labels.chosen)) {
				e.Name += "/" + labels.chosen[key]
			}
			p.Catalog = append(p.Catalog, e.InstanceType)
			p.entries[e.Name] = e
		}
	}
}

// A labelling is one way to fill in the labels of a type.
type labelling struct{ all, chosen map[string]string }

// labels returns the ways to fill in the labels that a type states, with the values that
// the pool admits.
func (p *pool) labels(it *cloudprovider.InstanceType, lost *losses) []labelling {
	out := []labelling{{map[string]string{}, map[string]string{}}}
	for _, key := range slices.Sorted(maps.Keys(it.Requirements)) {
		if decidedByOffering(key) || key == v1.NodePoolLabelKey || key == corev1.LabelHostname {
			continue
		}
		values := p.values(it.Requirements.Get(key), "InstanceType", it.Name, lost)
		var next []labelling
		for _, way := range out {
			for _, value := range values {
				w := labelling{maps.Clone(way.all), maps.Clone(way.chosen)}
				w.all[key] = value
				if len(values) > 1 {
					w.chosen[key] = value
				}
				next = append(next, w)
			}
		}
		if len(values) > 0 {
			out = next
		}
	}
	return out
}

// values returns the values of a label that a type or an offering states and the pool
// admits, sorted.
func (p *pool) values(r *requirements.Requirement, kind, name string, lost *losses) []string {
	if own := p.requires(r.Key); own != nil {
		r = own.Intersection(r)
	}
	switch r.Operator() {
	case corev1.NodeSelectorOpIn:
		return slices.Sorted(slices.Values(r.Values()))
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpNotIn:
		lost.say(kind, name, fmt.Sprintf("label %s: no list of values; nodes are read as if they had none", r.Key))
	}
	return nil
}

func decidedByOffering(key string) bool {
	return key == corev1.LabelInstanceTypeStable || key == corev1.LabelTopologyZone || key == v1.CapacityTypeLabelKey ||
		cloudprovider.ReservationIDLabel != "" && key == cloudprovider.ReservationIDLabel
}

// convert returns the type without a name and labels, and the offerings that its own stand
// for.
func (p *pool) convert(it *cloudprovider.InstanceType, lost *losses) (*catalog.InstanceType, []*cloudprovider.Offering) {
	out := &catalog.InstanceType{Capacity: it.Capacity, Overhead: overhead(it.Capacity, it.Allocatable())}
	if len(it.DynamicResources.ResourceSliceTemplates) > 0 {
		lost.say("InstanceType", it.Name, "dynamicResources: pods with resource claims are left (Unsupported)")
	}
	groups := map[*cloudprovider.Offering]corev1.ResourceList{}
	for _, g := range it.AllocatableOfferingsList()[1:] {
		for _, o := range g.Offerings {
			groups[o] = g.Allocatable
		}
	}
	var offered []*cloudprovider.Offering
	at := map[catalog.Key]int{}
	for _, o := range it.Offerings {
		if !p.template.Requirements.IsCompatible(o.Requirements, requirements.AllowUndefinedWellKnownLabels) {
			continue
		}
		made, err := p.offering(it, o, lost)
		if err != nil {
			lost.say("InstanceType", it.Name, err.Error())
			continue
		}
		for _, m := range made {
			m.Allocatable = positive(groups[o])
			k := catalog.Key{Zone: m.Zone, CapacityType: m.CapacityType, ReservationID: m.ReservationID}
			i, twice := at[k]
			switch {
			case !twice:
				at[k] = len(offered)
				out.Offerings, offered = append(out.Offerings, m), append(offered, o)
			case better(m, out.Offerings[i]):
				out.Offerings[i], offered[i] = m, o
			}
			if twice {
				lost.say("InstanceType", it.Name, "two offerings of one zone, capacity type and reservation: the better one is taken")
			}
		}
	}
	return out, offered
}

func better(a, b catalog.Offering) bool {
	if a.Unavailable != b.Unavailable {
		return b.Unavailable
	}
	return a.Price < b.Price
}

// offering returns the offerings that o stands for: one for each zone and capacity type.
func (p *pool) offering(it *cloudprovider.InstanceType, o *cloudprovider.Offering, lost *losses) ([]catalog.Offering, error) {
	price, err := catalog.FromUSD(o.Price)
	if err != nil {
		return nil, fmt.Errorf("an offering is left out: %w", err)
	}
	if len(o.CapacityOverride) > 0 && len(p.Limits) > 0 {
		lost.say("InstanceType", it.Name, "capacityOverride of an offering: limits count the capacity of the type")
	}
	made := catalog.Offering{Price: price, Unavailable: !o.Available}
	for _, key := range slices.Sorted(maps.Keys(o.Requirements)) {
		if decidedByOffering(key) {
			continue
		}
		values := p.values(o.Requirements.Get(key), "InstanceType", it.Name, lost)
		switch {
		case len(values) > 1:
			lost.say("InstanceType", it.Name, fmt.Sprintf("label %s: several values in one offering; the first is taken", key))
			fallthrough
		case len(values) == 1:
			if made.Labels == nil {
				made.Labels = map[string]string{}
			}
			made.Labels[key] = values[0]
		}
	}
	var out []catalog.Offering
	for _, zone := range p.values(o.Requirements.Get(corev1.LabelTopologyZone), "InstanceType", it.Name, lost) {
		for _, market := range p.values(o.Requirements.Get(v1.CapacityTypeLabelKey), "InstanceType", it.Name, lost) {
			m := made
			m.Zone, m.CapacityType = zone, catalog.CapacityType(market)
			if m.CapacityType == catalog.Reserved {
				m = reserved(m, o)
				lost.say("InstanceType", it.Name, "reserved offerings: pods do not wait for a reservation that is used up, they get other nodes in the same round")
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// reserved returns the offering with its capacity reservation.
func reserved(m catalog.Offering, o *cloudprovider.Offering) catalog.Offering {
	m.Limit = o.ReservationCapacity
	m.Unavailable = m.Unavailable || o.ReservationCapacity <= 0
	if label := cloudprovider.ReservationIDLabel; label != "" {
		m.ReservationID = o.ReservationID()
		m.Labels = maps.Clone(m.Labels)
		if m.Labels == nil {
			m.Labels = map[string]string{}
		}
		m.Labels[label] = m.ReservationID
	}
	return m
}

// overhead returns what Allocatable leaves of the capacity unused: overhead of Karpenter's
// and, of memory, huge pages.
func overhead(capacity, allocatable corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	for name, q := range capacity {
		over := q.DeepCopy()
		over.Sub(allocatable[name])
		if over.Sign() > 0 {
			out[name] = over
		}
	}
	return out
}

// positive returns the list without amounts below zero.
func positive(list corev1.ResourceList) corev1.ResourceList {
	if list == nil {
		return nil
	}
	out := corev1.ResourceList{}
	for name, q := range list {
		if q.Sign() < 0 {
			q = resource.Quantity{}
		}
		out[name] = q
	}
	return out
}

func quantity(n int) resource.Quantity { return *resource.NewQuantity(int64(n), resource.DecimalSI) }
