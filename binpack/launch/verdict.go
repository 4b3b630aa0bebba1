package launch

import "github.com/stowage/stowage/catalog"

// Scope says what a failure is about.
type Scope string

// The scopes. Besides what its scope names, a failure that pauses anything always
// pauses the offering that was asked for.
const (
	ScopeOffering     Scope = "offering"     // the offering alone
	ScopeQuotaGroup   Scope = "quotaGroup"   // all types that count towards its quota
	ScopeSubnet       Scope = "subnet"       // the subnet; where none is named, the zone
	ScopeZone         Scope = "zone"         // all of its zone
	ScopeReservation  Scope = "reservation"  // the capacity reservation
	ScopeCapacityType Scope = "capacityType" // all of its capacity type
	ScopeAccount      Scope = "account"      // whatever this account launches
	ScopeTemplate     Scope = "template"     // whatever is launched with this template
	ScopeCall         Scope = "call"         // this call
)

// Action says what to do about a failure.
type Action string

// The actions.
const (
	Mark  Action = "mark"  // pause what the scope names, and launch something else
	Retry Action = "retry" // the offering is as good as before: ask again, with the same token
	Stop  Action = "stop"  // a person must change something first
)

// A Verdict is what an error code says. The zero Verdict is that of a code that is
// not known.
type Verdict struct {
	Scope  Scope
	Action Action
	Source string // where that is written
}

// A Failure is an answer of a cloud other than a node.
type Failure struct {
	Offering catalog.Key // that there is none of; zero: the one that was asked for
	Code     string      // of the cloud
	Message  string      // for people
	Subnet   string      // that it is about; "": not known
	Scope    Scope       // of a failure whose code does not say; "": what the code says
}

// Patterns returns what a failure marks, by its verdict: the offering first. It is
// nothing where the verdict is to ask again.
func (f Failure) Patterns(v Verdict, quotaGroup string) []Pattern {
	if v.Action == Retry {
		return nil
	}
	k := f.Offering
	out := []Pattern{{Offering: k}}
	scope := f.Scope
	if scope == "" {
		scope = v.Scope
	}
	switch {
	case scope == ScopeQuotaGroup && quotaGroup != "":
		out = append(out, Pattern{QuotaGroup: quotaGroup})
	case scope == ScopeSubnet && f.Subnet != "" && k.Zone != "":
		out = append(out, Pattern{Offering: catalog.Key{Zone: k.Zone}, Subnet: f.Subnet})
	case (scope == ScopeSubnet || scope == ScopeZone) && k.Zone != "":
		out = append(out, Pattern{Offering: catalog.Key{Zone: k.Zone}})
	case scope == ScopeReservation && k.ReservationID != "":
		out = append(out, Pattern{Offering: catalog.Key{ReservationID: k.ReservationID}})
	case scope == ScopeCapacityType && k.CapacityType != "":
		out = append(out, Pattern{Offering: catalog.Key{CapacityType: k.CapacityType}})
	}
	return out
}
