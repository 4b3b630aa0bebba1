package naive

import "iter"

// An Opening is an offering that a pool has launches left of and whose empty node holds a
// pod alone.
type Opening struct {
	Price  int64
	Within bool // one more launch keeps the pool's limits and the quotas
}

// MustLaunch reports whether a pool must launch for the pod before pools of
// lower weight do. Its cheapest openings decide: it must while one more launch
// of one of them keeps all limits. Openings come cheapest first; no more of
// them are read than decide.
func MustLaunch(openings iter.Seq[Opening]) bool {
	cheapest := int64(-1)
	for o := range openings {
		if cheapest >= 0 && o.Price > cheapest {
			return false
		}
		if o.Within {
			return true
		}
		cheapest = o.Price
	}
	return false
}
