package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A cover asks for the least price of launches that together gain a value.
type cover struct {
	options []option // by price per gain
	caps    []int64
	value   int64 // to be covered
}

// An option is a kind of node as a cover sees it.
type option struct {
	price int64
	gain  int64 // most value on one node, above zero
	limit int64 // most launches, or Unlimited
	uses  []Use
}

// price returns a lower bound on the price, the best of what the methods that
// are quick enough give.
func (c *cover) price(ctx context.Context) (Price, error) {
	if c.value <= 0 {
		return Price{}, nil
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
			return Price{}, err
		case s.finished && s.price < 0:
			return Price{Infeasible: true}, nil
		case s.finished:
			least = max(least, s.price)
		}
	}
	return Price{Least: roundUp(least, c.options)}, nil
}

// capless returns a lower bound on the price where there are no caps.
func (c *cover) capless(ctx context.Context) (Price, error) {
	least, ok := c.linear()
	if !ok {
		return Price{Infeasible: true}, nil
	}
	group, exact := c.group()
	least = max(least, group)
	if exact {
		return Price{Least: least}, nil
	}
	p, err := c.grid(ctx)
	p.Least = max(p.Least, least)
	return p, err
}

// reach returns an upper bound on the value that can be covered, at most
// c.value.
func (c *cover) reach(ctx context.Context) (int64, error) {
	c.value = min(c.value, total(c.withoutCaps().options))
	for i, most := range c.caps {
		c.value = min(c.value, c.withinCap(i, most))
	}
	if len(c.caps) == 0 || c.value == 0 {
		return c.value, nil
	}
	s, err := c.capped(ctx)
	if err != nil || !s.finished {
		return c.value, err
	}
	return s.reached, nil
}

// withinCap returns the most value that one cap allows, launches taken in
// part.
func (c *cover) withinCap(i int, most int64) int64 {
	var free []option
	best := option{}
	bestUse := int64(1)
	for _, o := range c.options {
		u := slices.IndexFunc(o.uses, func(u Use) bool { return u.Cap == i })
		switch {
		case u < 0:
			free = append(free, o)
		case arith.CompareRatio(o.gain, o.uses[u].Amount, best.gain, bestUse) > 0:
			best, bestUse = o, o.uses[u].Amount
		}
	}
	return arith.Add(total(free), arith.MulDiv(most, best.gain, bestUse))
}

// withoutCaps returns the cover with each cap as a limit of each option alone,
// and no limit where it does not bind. It drops options that another replaces.
func (c *cover) withoutCaps() *cover {
	out := &cover{value: c.value}
	for _, o := range c.options {
		for _, u := range o.uses {
			o.limit = min(o.limit, c.caps[u.Cap]/u.Amount)
		}
		if o.limit >= arith.CeilDiv(c.value, o.gain) {
			o.limit = Unlimited
		}
		o.uses = nil
		out.options = append(out.options, o)
	}
	all := out.options
	out.options = slices.DeleteFunc(slices.Clone(all), func(o option) bool {
		return slices.ContainsFunc(all, func(p option) bool {
			return p.limit == Unlimited && p.price <= o.price && p.gain >= o.gain &&
				(p.price < o.price || p.gain > o.gain || o.limit != Unlimited)
		})
	})
	out.options = slices.CompactFunc(out.options, func(a, b option) bool {
		return a.limit == Unlimited && b.limit == Unlimited && a.price == b.price && a.gain == b.gain
	})
	return out
}

// limited reports whether some option has a limit.
func (c *cover) limited() bool {
	return slices.ContainsFunc(c.options, func(o option) bool { return o.limit != Unlimited })
}

// total returns the value that all launches gain together, at most MaxInt64.
func total(options []option) int64 {
	sum := int64(0)
	for _, o := range options {
		sum = arith.Add(sum, arith.Mul(o.gain, o.limit))
	}
	return sum
}

// roundUp returns the least sum of prices that is at least low: all prices are
// multiples of their greatest common divisor, and so is their sum.
func roundUp(low int64, options []option) int64 {
	unit := int64(0)
	for _, o := range options {
		unit = arith.GCD(unit, o.price)
	}
	return arith.RoundUp(unit, low)
}
