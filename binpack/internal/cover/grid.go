package cover

import (
	"context"
	"math"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// gridSteps is the most work of grid, in values times options.
const gridSteps = 8_000_000

// leastGridSteps is the least that it is, of one of many covers.
const leastGridSteps = 100_000

// none is the price of what cannot be had.
const none = math.MaxInt64

// grid solves the cover exactly by dynamic programming over the value covered.
// Where there are too many values it counts them in a coarser unit: gains are
// rounded up and the value too, so the bound is weaker but holds.
func (c *Cover) grid(ctx context.Context) (Bound, error) {
	value := c.shrink()
	unit, passes := int64(0), int64(0)
	for _, o := range c.options {
		unit = arith.GCD(unit, o.Gain)
		passes += int64(len(copies(o)))
	}
	unit = max(unit, arith.CeilDiv(value, max(c.steps/passes, 1)))
	// least[v] is the least price of launches that gain v units or more.
	least := make([]int64, arith.CeilDiv(value, unit)+1)
	for v := range least[1:] {
		least[v+1] = none
	}
	for _, o := range c.options {
		for _, n := range copies(o) {
			if ctx.Err() != nil {
				return Bound{}, ctx.Err()
			}
			times(least, arith.Mul(n, o.Price), arith.Mul(n, arith.CeilDiv(o.Gain, unit)), o.Limit == Unlimited)
		}
	}
	last := least[len(least)-1]
	return Bound{Least: arith.Add(last, c.base(value)), Infeasible: last == none}, nil
}

// times adds launches that gain together at the price, once or any number of
// times.
func times(least []int64, price, gain int64, again bool) {
	back := int(min(gain, int64(len(least))))
	first, end, step := 1, len(least), 1 // upwards, a launch finds what launches before it gained
	if !again {
		first, end, step = len(least)-1, 0, -1
	}
	for v := first; v != end; v += step {
		from := least[max(v-back, 0)]
		if from == none {
			continue
		}
		sum := from + price
		if sum < 0 || sum == none {
			sum = none - 1
		}
		if sum < least[v] {
			least[v] = sum
		}
	}
}

// copies returns numbers whose subsets sum to every number up to the option's limit, and
// to no other: 1, 2, 4, …, rest; for an option without limit just 1.
func copies(o Option) []int64 {
	if o.Limit == Unlimited {
		return []int64{1}
	}
	var out []int64
	for n, rest := int64(1), o.Limit; rest > 0; n *= 2 {
		out = append(out, min(n, rest))
		rest -= min(n, rest)
	}
	return out
}

// shrink returns a smaller value with which the cover is solved as well. Let *
// be the first option without limit. Of any K* launches of dearer options some
// gain together a multiple of K* and can be launches of * instead (pigeonhole);
// so some cheapest cover has fewer than K* of them, and gains the rest by * and
// by the cheaper options, which have limits. What those can never gain is left
// to *; base is its price.
func (c *Cover) shrink() int64 {
	i := c.star()
	if i < 0 {
		return c.value
	}
	unit, most := int64(0), int64(0)
	for j, o := range c.options {
		unit = arith.GCD(unit, o.Gain)
		if j > i {
			most = max(most, o.Gain)
		}
	}
	gain := c.options[i].Gain
	kept := arith.Add(arith.Add(arith.Mul(gain/unit, most), total(c.options[:i])), gain)
	if c.value <= kept {
		return c.value
	}
	return c.value - (c.value-kept)/gain*gain
}

// base returns the price of the launches of * that shrink took out.
func (c *Cover) base(value int64) int64 {
	if value == c.value {
		return 0
	}
	star := c.options[c.star()]
	return arith.Mul((c.value-value)/star.Gain, star.Price)
}

// star returns the index of the first option without limit, or -1.
func (c *Cover) star() int {
	for i, o := range c.options {
		if o.Limit == Unlimited {
			return i
		}
	}
	return -1
}
