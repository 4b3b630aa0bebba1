package supply

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// close marks the offers that have no launch left, by the limit of the offering, those of
// the pool, or a quota. A domain without a node whose offers are all closed is none. That
// a daemon does not fit closes no domain.
func (s *Supply) close(p *binpack.Problem) {
	var quotas []func(*Offer) bool
	for i := range p.Quotas {
		quotas = append(quotas, QuotaSelects(p.Quotas[i].Requirements))
	}
	left := make([]corev1.ResourceList, len(s.Pools))
	for i := range left {
		left[i] = s.Pools[i].Left()
	}
	for i := range s.Offers {
		o := &s.Offers[i]
		if o.Existing != nil {
			continue
		}
		o.Closed = o.Limit == 0 || !allowsOne(left[o.Pool], o)
		for q := range quotas {
			o.Closed = o.Closed || quotas[q](o) && !allowsOne(p.Quotas[q].Left, o)
		}
	}
}

// allowsOne reports whether the limits allow one launch of the offer.
func allowsOne(limits corev1.ResourceList, o *Offer) bool {
	for name, left := range limits {
		if quantity.PerLaunch(o.Type.Capacity, name).Cmp(quantity.Nano(left)) > 0 {
			return false
		}
	}
	return true
}
