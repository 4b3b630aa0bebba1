package supply

import "github.com/stowage/stowage/catalog"

// A Refused is an offer that one rule of its pool refuses.
type Refused struct {
	Type     *catalog.InstanceType
	Offering int // index in Type.Offerings
	Chosen   map[string]string
	Profile  int

	Label       string // key of the pool's label that contradicts the type's or offering's; "": a requirement refuses it
	Requirement int    // index in Pool.Requirements; -1: the label refuses it
}

// Key names the offering.
func (r *Refused) Key() catalog.Key { return r.Type.Key(r.Offering) }

// OwnLabel returns the value that the type or the offering gives the contradicted label.
func (r *Refused) OwnLabel() string {
	if of := r.Type.Choices[r.Label]; len(of) > 0 {
		return of[0]
	}
	v, _ := offeringLabelsAt(r.Type, r.Offering)(r.Label)
	return v
}

// Offer returns the refused offer as if the pool allowed it.
func (s *Supply) Offer(pool int, r *Refused) Offer {
	k := r.Key()
	return Offer{Pool: pool, Key: k, Type: r.Type, Offering: &r.Type.Offerings[r.Offering], Chosen: r.Chosen, Profile: r.Profile, Limit: s.Limits[k]}
}
