package quantity

import "math/big"

// Summable reports whether amounts, each with a count, are neither too large nor too fine
// to be summed up to MaxSum in a unit that divides them all.
func Summable(amounts []*big.Int, count func(i int) int64) bool {
	scale, sum := ScaleOf(amounts), new(big.Int)
	for i, a := range amounts {
		sum.Add(sum, new(big.Int).Mul(new(big.Int).Quo(a, scale.Unit), big.NewInt(count(i))))
	}
	return sum.Cmp(big.NewInt(MaxSum)) <= 0
}
