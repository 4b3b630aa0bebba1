package ec2

import (
	"errors"
	"fmt"
	"io"

	"github.com/stowage/stowage/internal/jsonstream"
)

// ReadOffered reads which zone has which type from what the command
//
//	aws ec2 describe-instance-type-offerings --location-type availability-zone
//
// prints, in its order; see
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeOffering.html.
// Errors have line, column and path.
func ReadOffered(r io.Reader) ([]Offered, error) {
	all := []Offered{}
	seen := map[Offered]bool{}
	const command = "aws ec2 describe-instance-type-offerings --location-type availability-zone"
	err := jsonstream.List(r, "InstanceTypeOfferings", command, func(d *jsonstream.Reader) error {
		var o struct{ InstanceType, LocationType, Location string }
		if err := d.Value(&o); err != nil {
			return err
		}
		offered := Offered{InstanceType: o.InstanceType, Zone: o.Location}
		switch {
		case o.InstanceType == "" || o.Location == "":
			return d.Fail(errors.New("has no InstanceType or no Location"))
		case o.LocationType != "availability-zone":
			return d.Fail(fmt.Errorf("LocationType is %q: ask with --location-type availability-zone", o.LocationType))
		case seen[offered]:
			return d.Fail(fmt.Errorf("%s in %s is there twice", o.InstanceType, o.Location))
		}
		seen[offered] = true
		all = append(all, offered)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// ReadZones reads the ids of zones, by name, from what the command
//
//	aws ec2 describe-availability-zones
//
// prints; see
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html.
// Errors have line, column and path.
func ReadZones(r io.Reader) (map[string]string, error) {
	ids := map[string]string{}
	err := jsonstream.List(r, "AvailabilityZones", "aws ec2 describe-availability-zones", func(d *jsonstream.Reader) error {
		var zone struct{ ZoneName, ZoneID string } // ZoneId
		if err := d.Value(&zone); err != nil {
			return err
		}
		if zone.ZoneName == "" || zone.ZoneID == "" {
			return d.Fail(errors.New("has no ZoneName or no ZoneId"))
		}
		if _, twice := ids[zone.ZoneName]; twice {
			return d.Fail(fmt.Errorf("%s is there twice", zone.ZoneName))
		}
		ids[zone.ZoneName] = zone.ZoneID
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// ReadReservations reads the capacity reservations that can be used from what the
// command
//
//	aws ec2 describe-capacity-reservations
//
// prints, in its order; see
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CapacityReservation.html.
// Reservations that are not active, that are for another platform than Linux or
// for dedicated tenancy are left out. Errors have line, column and path.
func ReadReservations(r io.Reader) ([]Reservation, error) {
	all := []Reservation{}
	err := jsonstream.List(r, "CapacityReservations", "aws ec2 describe-capacity-reservations", func(d *jsonstream.Reader) error {
		var c struct {
			CapacityReservationID  string // CapacityReservationId
			InstanceType           string
			AvailabilityZone       string
			AvailableInstanceCount *int
			ReservationType        string
			Interruptible          bool
			State                  string
			InstancePlatform       string
			Tenancy                string
		}
		if err := d.Value(&c); err != nil {
			return err
		}
		switch {
		case c.CapacityReservationID == "" || c.InstanceType == "" || c.AvailabilityZone == "" || c.State == "":
			return d.Fail(errors.New("has no CapacityReservationId, InstanceType, AvailabilityZone or State"))
		case c.AvailableInstanceCount == nil || *c.AvailableInstanceCount < 0:
			return d.Fail(errors.New("has no AvailableInstanceCount, or less than none"))
		case c.State != "active", c.InstancePlatform != "" && c.InstancePlatform != "Linux/UNIX", c.Tenancy == "dedicated":
			return nil
		}
		all = append(all, Reservation{
			ID: c.CapacityReservationID, InstanceType: c.InstanceType, Zone: c.AvailabilityZone,
			Available: *c.AvailableInstanceCount, Type: c.ReservationType, Interruptible: c.Interruptible,
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
