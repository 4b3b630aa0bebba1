package ilp

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// maxFamilies is the most families of a program: of more, each decides little.
const maxFamilies = 6

// parts: the other prices of a family are multiples of one of these parts of the least.
var parts = [...]int64{1, 2, 3, 4, 6}

// Families returns groups of options whose prices are nearly multiples of one, such as those of the sizes
// of one family of instance types: of each group, how often the price of every option is their common
// divisor, and 0 for those that are not in it. The number of cores of a family, to take an example, is
// whole, and decides more than how many there are of each size.
// It returns none where that is more than most, or than maxFamilies.
func Families(options []Option, most int) [][]int64 {
	var left []int
	for i := range options {
		if options[i].Price > 0 {
			left = append(left, i)
		}
	}
	slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(options[a].Price, options[b].Price) })
	var groups [][]int64
	for len(left) > 0 {
		first, unit := options[left[0]].Price, int64(0)
		var of, others []int
		for _, i := range left {
			price := options[i].Price
			if slices.ContainsFunc(parts[:], func(n int64) bool { return arith.Mul(price%first, n)%first == 0 }) {
				of, unit = append(of, i), arith.GCD(unit, price)
			} else {
				others = append(others, i)
			}
		}
		if left = others; len(of) > 1 {
			weights := make([]int64, len(options))
			for _, i := range of {
				weights[i] = options[i].Price / unit
			}
			groups = append(groups, weights)
		}
	}
	if len(groups) > min(most, maxFamilies) {
		return nil
	}
	return groups
}

// Sums returns the sum of each group at these numbers of launches.
func Sums(groups [][]int64, launches []int64) []int64 {
	sums := make([]int64, len(groups))
	for g, weights := range groups {
		for i, w := range weights {
			sums[g] = arith.Add(sums[g], arith.Mul(w, launches[i]))
		}
	}
	return sums
}
