package cover

import (
	"math"
	"math/big"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// linear returns the least price when the last launch may be taken in part,
// rounded up, and whether the value can be covered at all. Options are in
// order of price per gain, so the first ones are taken as often as they may.
func (c *Cover) linear() (least int64, ok bool) {
	price := new(big.Int)
	rest := c.value
	for _, o := range c.options {
		if o.Limit >= arith.CeilDiv(rest, o.Gain) {
			part := new(big.Int).Mul(big.NewInt(rest), big.NewInt(o.Price))
			part.Add(part, big.NewInt(o.Gain-1))
			price.Add(price, part.Quo(part, big.NewInt(o.Gain)))
			rest = 0
			break
		}
		price.Add(price, new(big.Int).Mul(big.NewInt(o.Limit), big.NewInt(o.Price)))
		rest -= o.Limit * o.Gain
	}
	if !price.IsInt64() {
		return math.MaxInt64, rest == 0
	}
	return price.Int64(), rest == 0
}
