package launch

import "github.com/stowage/stowage/catalog"

// A Pattern names the offerings that meet all of its fields; what is empty is met
// by every offering.
type Pattern struct {
	Offering   catalog.Key // as a pattern
	QuotaGroup string      // types that share a quota, as UnavailableOfferings.QuotaGroup names it
	Subnet     string      // launches into this subnet; Offering.Zone is where it is
}

// Matches reports whether p matches an offering of some quota group. It says
// nothing of subnets.
func (p Pattern) Matches(k catalog.Key, quotaGroup string) bool {
	return p.Offering.Matches(k) && (p.QuotaGroup == "" || p.QuotaGroup == quotaGroup)
}
