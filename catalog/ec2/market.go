package ec2

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/stowage/stowage/catalog"
)

// A Reservation is a capacity reservation of the account: a number of instances
// of a type that can still be launched in a zone, and are paid for already.
type Reservation struct {
	ID            string
	InstanceType  string
	Zone          string
	Available     int    // instances that can still be launched
	Type          string // default or capacity-block; "": default
	Interruptible bool   // the owner may take the capacity back
}

// A market is what is sold where, and how.
type market struct {
	zones    []string
	how      []catalog.CapacityType
	offered  map[Offered]bool             // nil: each zone has each type
	labels   map[string]map[string]string // of offerings, by zone
	reserved map[string][]Reservation     // by type
}

// market reads what is offered and reserved.
func (o *Options) market(types []Type) (*market, error) {
	m := &market{zones: o.Zones, how: o.CapacityTypes, labels: map[string]map[string]string{}, reserved: map[string][]Reservation{}}
	for _, zone := range o.Zones {
		m.labels[zone] = map[string]string{ebsZoneLabel: zone}
		if id, ok := o.ZoneIDs[zone]; ok {
			m.labels[zone][zoneIDLabel] = id
		}
	}
	known := make(map[string]bool, len(types))
	for i := range types {
		known[types[i].Name] = true
	}
	var unknown UnknownError
	if o.Offered != nil {
		m.offered = make(map[Offered]bool, len(o.Offered))
		for i, offered := range o.Offered {
			if offered.InstanceType == "" || offered.Zone == "" {
				return nil, fmt.Errorf("ec2: Offered[%d]: has no instance type or no zone", i)
			}
			m.offered[offered] = true
			if !known[offered.InstanceType] {
				unknown.Types = append(unknown.Types, offered.InstanceType)
			}
		}
	}
	ids := map[string]bool{}
	for i, r := range o.Reservations {
		if r.ID == "" || r.InstanceType == "" || r.Zone == "" || r.Available < 0 {
			return nil, fmt.Errorf("ec2: Reservations[%d]: has no id, no instance type or no zone, or less than none available", i)
		}
		if ids[r.ID] {
			return nil, fmt.Errorf("ec2: Reservations[%d]: %s is there twice", i, r.ID)
		}
		ids[r.ID] = true
		m.reserved[r.InstanceType] = append(m.reserved[r.InstanceType], r)
		if !known[r.InstanceType] {
			unknown.Types = append(unknown.Types, r.InstanceType)
		}
	}
	if unknown.Types != nil && !o.SkipUnknown {
		slices.Sort(unknown.Types)
		unknown.Types = slices.Compact(unknown.Types)
		return nil, &unknown
	}
	return m, nil
}

// offerings returns what a type is sold as: zone by zone, then the reservations.
func (m *market) offerings(t *Type) []catalog.Offering {
	all := make([]catalog.Offering, 0, len(m.zones)*len(m.how)+len(m.reserved[t.Name]))
	for _, zone := range m.zones {
		if m.offered != nil && !m.offered[Offered{t.Name, zone}] {
			continue
		}
		for _, capacityType := range m.how {
			if t.Markets == nil || slices.Contains(t.Markets, capacityType) {
				all = append(all, catalog.Offering{Zone: zone, CapacityType: capacityType, Labels: m.labels[zone]})
			}
		}
	}
	for _, r := range m.reserved[t.Name] {
		if labels, ok := m.labels[r.Zone]; ok { // else not one of the zones
			all = append(all, r.offering(labels))
		}
	}
	return all
}

func (r *Reservation) offering(zone map[string]string) catalog.Offering {
	labels := maps.Clone(zone)
	labels[reservationID] = r.ID
	labels[reservationType] = "default"
	if r.Type != "" {
		labels[reservationType] = r.Type
	}
	labels[reservationCanStop] = strconv.FormatBool(r.Interruptible)
	return catalog.Offering{
		Zone: r.Zone, CapacityType: catalog.Reserved, ReservationID: r.ID, Labels: labels,
		Limit: r.Available, Unavailable: r.Available == 0,
	}
}
