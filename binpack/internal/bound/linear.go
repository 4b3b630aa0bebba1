package bound

import (
	"math"
	"math/big"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// linear returns the least price when the last launch may be taken in part,
// rounded up, and whether the value can be covered at all. Options are in
// order of price per gain, so the first ones are taken as often as they may.
func (c *cover) linear() (least int64, ok bool) {
	price := new(big.Int)
	rest := c.value
	for _, o := range c.options {
		if o.limit >= arith.CeilDiv(rest, o.gain) {
			part := new(big.Int).Mul(big.NewInt(rest), big.NewInt(o.price))
			part.Add(part, big.NewInt(o.gain-1))
			price.Add(price, part.Quo(part, big.NewInt(o.gain)))
			rest = 0
			break
		}
		price.Add(price, new(big.Int).Mul(big.NewInt(o.limit), big.NewInt(o.price)))
		rest -= o.limit * o.gain
	}
	if !price.IsInt64() {
		return math.MaxInt64, rest == 0
	}
	return price.Int64(), rest == 0
}
