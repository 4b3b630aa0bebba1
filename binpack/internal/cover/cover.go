package cover

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
)

// A Cover asks for the least price of launches that together gain a value.
type Cover struct {
	options []Option // by price per gain
	caps    []int64
	value   int64 // to be covered
	steps   int64 // the most work of grid, in values times options
}

// An Option is what can be launched.
type Option struct {
	Price int64
	Gain  int64 // above zero
	Limit int64 // most launches, or Unlimited
	Uses  []dominance.Use
}

// Unlimited is a limit that does not bind.
const Unlimited = math.MaxInt64

// A Bound is a lower bound on the price of launches.
type Bound struct {
	Least      int64
	Infeasible bool // no launches cover the value; Least means nothing
}

// New returns the cover of a value by these options, within caps that they share.
func New(options []Option, caps []int64, value int64) *Cover {
	slices.SortStableFunc(options, byRatio)
	return &Cover{options, caps, value, gridSteps}
}

// OneOf says that the cover is one of n, and takes about its part of the work.
func (c *Cover) OneOf(n int) { c.steps = max(gridSteps/int64(n), leastGridSteps) }

// byRatio orders options by price per gain.
func byRatio(a, b Option) int {
	return cmp.Or(arith.CompareRatio(a.Price, a.Gain, b.Price, b.Gain), cmp.Compare(b.Gain, a.Gain), cmp.Compare(b.Limit, a.Limit))
}

// Bound returns a lower bound on the price, the best of what the methods that
// are quick enough give.
func (c *Cover) Bound(ctx context.Context) (Bound, error) {
	if c.value <= 0 {
		return Bound{}, nil
	}
	p, err := c.withoutCaps().capless(ctx)
	if err != nil || p.Infeasible {
		return p, err
	}
	least := p.Least
	if priced := c.priceCaps(); priced != nil {
		p, err := priced.capless(ctx)
		if err != nil || p.Infeasible {
			return p, err
		}
		least = max(least, priced.least(p.Least))
	}
	if len(c.caps) > 0 {
		s, err := c.capped(ctx)
		switch {
		case err != nil:
			return Bound{}, err
		case s.finished && s.price < 0:
			return Bound{Infeasible: true}, nil
		case s.finished:
			least = max(least, s.price)
		}
	}
	return Bound{Least: roundUp(least, c.options)}, nil
}

// Quick returns a lower bound that is never higher than that of Bound, in a fraction of
// the time.
func (c *Cover) Quick() Bound {
	if c.value <= 0 {
		return Bound{}
	}
	least, ok := c.withoutCaps().linear()
	if p := c.priceCaps(); p != nil && ok {
		if of, within := p.linear(); within {
			least = max(least, p.least(of))
		}
	}
	return Bound{Least: roundUp(least, c.options), Infeasible: !ok}
}

// capless returns a lower bound on the price where there are no caps.
func (c *Cover) capless(ctx context.Context) (Bound, error) {
	least, ok := c.linear()
	if !ok {
		return Bound{Infeasible: true}, nil
	}
	group, exact := c.group()
	least = max(least, group)
	if exact {
		return Bound{Least: least}, nil
	}
	p, err := c.grid(ctx)
	p.Least = max(p.Least, least)
	return p, err
}

// Reach returns an upper bound on the value that can be covered, at most that of the
// cover.
func (c *Cover) Reach(ctx context.Context) (int64, error) {
	c.value = min(c.value, total(c.withoutCaps().options))
	c.value = min(c.value, c.withinCaps())
	if len(c.caps) == 0 || c.value == 0 {
		return c.value, nil
	}
	s, err := c.capped(ctx)
	if err != nil || !s.finished {
		return c.value, err
	}
	return s.reached, nil
}

// withinCaps returns the most value that the strictest cap allows, launches taken in
// part: what those give that it does not count, and the best of the others as often as it
// allows.
func (c *Cover) withinCaps() int64 {
	type user struct {
		Option
		use  int64
		gain sum // of all that the cap counts
	}
	best, all := make([]user, len(c.caps)), sum{}
	for i := range best {
		best[i].use = 1
	}
	for _, o := range c.options {
		gain := arith.Mul(o.Gain, o.Limit)
		all.add(gain)
		for _, u := range o.Uses {
			b := &best[u.Cap]
			b.gain.add(gain)
			if arith.CompareRatio(o.Gain, u.Amount, b.Gain, b.use) > 0 {
				b.Option, b.use = o, u.Amount
			}
		}
	}
	least := int64(math.MaxInt64)
	for i, b := range best {
		least = min(least, arith.Add(all.less(b.gain), arith.MulDiv(c.caps[i], b.Gain, b.use)))
	}
	return least
}

// A sum is a number of two words.
type sum struct{ high, low uint64 }

func (s *sum) add(n int64) {
	low, carry := bits.Add64(s.low, uint64(n), 0)
	s.high, s.low = s.high+carry, low
}

// less returns s - o, at most MaxInt64. o is no greater.
func (s *sum) less(o sum) int64 {
	low, borrow := bits.Sub64(s.low, o.low, 0)
	if s.high-o.high-borrow > 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}

// mostGains returns a function that says of a price the most gain of an option without
// limit that is cheaper, and of one that costs no more; -1: there is none.
func mostGains(options []Option) func(price int64) (cheaper, asCheap int64) {
	var free []Option
	for _, o := range options {
		if o.Limit == Unlimited {
			free = append(free, o)
		}
	}
	slices.SortFunc(free, func(a, b Option) int { return cmp.Or(cmp.Compare(a.Price, b.Price), cmp.Compare(b.Gain, a.Gain)) })
	free = slices.CompactFunc(free, func(a, b Option) bool { return a.Price == b.Price })
	for i := 1; i < len(free); i++ {
		free[i].Gain = max(free[i].Gain, free[i-1].Gain)
	}
	return func(price int64) (cheaper, asCheap int64) {
		at, found := slices.BinarySearchFunc(free, price, func(o Option, price int64) int { return cmp.Compare(o.Price, price) })
		cheaper, asCheap = -1, -1
		if at > 0 {
			cheaper, asCheap = free[at-1].Gain, free[at-1].Gain
		}
		if found {
			asCheap = free[at].Gain
		}
		return cheaper, asCheap
	}
}

// withoutCaps returns the cover with each cap as a limit of each option alone,
// and no limit where it does not bind. It drops options that another replaces. With one
// gain each that is two comparisons, so package dominance is not needed.
func (c *Cover) withoutCaps() *Cover {
	out := &Cover{value: c.value, steps: c.steps}
	for _, o := range c.options {
		for _, u := range o.Uses {
			o.Limit = min(o.Limit, c.caps[u.Cap]/u.Amount)
		}
		if o.Limit >= arith.CeilDiv(c.value, o.Gain) {
			o.Limit = Unlimited
		}
		o.Uses = nil
		out.options = append(out.options, o)
	}
	most := mostGains(out.options)
	out.options = slices.DeleteFunc(out.options, func(o Option) bool {
		cheaper, asCheap := most(o.Price)
		return cheaper >= o.Gain || asCheap > o.Gain || asCheap == o.Gain && o.Limit != Unlimited
	})
	out.options = slices.CompactFunc(out.options, func(a, b Option) bool {
		return a.Limit == Unlimited && b.Limit == Unlimited && a.Price == b.Price && a.Gain == b.Gain
	})
	return out
}

// limited reports whether some option has a limit.
func (c *Cover) limited() bool {
	return slices.ContainsFunc(c.options, func(o Option) bool { return o.Limit != Unlimited })
}

// total returns the value that all launches gain together, at most MaxInt64.
func total(options []Option) int64 {
	sum := int64(0)
	for _, o := range options {
		sum = arith.Add(sum, arith.Mul(o.Gain, o.Limit))
	}
	return sum
}

// roundUp returns the least sum of prices that is at least low: all prices are
// multiples of their greatest common divisor, and so is their sum.
func roundUp(low int64, options []Option) int64 {
	unit := int64(0)
	for _, o := range options {
		unit = arith.GCD(unit, o.Price)
	}
	return arith.RoundUp(unit, low)
}
