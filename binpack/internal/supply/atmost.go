package supply

import (
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// AtMost returns the amounts, and in place of those that no offer has room for one that is
// just a little too much: a pod that asks for beyond all reason is then left by itself.
func (s *Supply) AtMost(asked []*big.Int, name corev1.ResourceName) []*big.Int {
	most := new(big.Int)
	for i := range s.Offers {
		q, limited := s.Room(&s.Offers[i], name)
		if !limited {
			return asked
		}
		if q.Cmp(most) > 0 {
			most = q
		}
	}
	unit := big.NewInt(1_000_000_000) // whole ones, which scale well
	most = new(big.Int).Mul(new(big.Int).Add(new(big.Int).Quo(most, unit), big.NewInt(1)), unit)
	out := slices.Clone(asked)
	for i, a := range out {
		if a.Cmp(most) > 0 {
			out[i] = most
		}
	}
	return out
}
