package cover

import (
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// priceScale is what a price of 1 counts as where caps are priced, so that
	// prices per unit of a cap can be fractions.
	priceScale = 1 << 12
	// maxPricedRows bounds the linear program that prices caps.
	maxPricedRows = 150
	// pricedPivots bounds its pivots.
	pricedPivots = 2000
	// tooMuch: sums beyond it may be wrong.
	tooMuch = 1 << 61
)

// A priced cover has no caps: what a launch takes of them is part of its price.
// For any prices per unit of a cap, what the caps cost whole is at least what the
// launches of a plan pay for them, so that
//
//	Σ p·y  ≥  min { Σ (p + Σ_k μ_k·use_k)·y : y covers V }  −  Σ_k μ_k·cap_k.
//
// Good prices are the duals of the cover's linear relaxation.
type priced struct {
	*Cover
	caps *big.Int // what the caps cost whole, in priceScale
}

// priceCaps returns the cover with its caps priced, or nil where it has none or
// where they are too many.
func (c *Cover) priceCaps() *priced {
	mu := c.capDuals()
	if mu == nil {
		return nil
	}
	out := &priced{&Cover{value: c.value, steps: c.steps}, new(big.Int)}
	for k, price := range mu {
		out.caps.Add(out.caps, new(big.Int).Mul(big.NewInt(price), big.NewInt(c.caps[k])))
	}
	for _, o := range c.options {
		limit := o.Limit
		price := arith.Mul(o.Price, priceScale)
		for _, u := range o.Uses {
			price = arith.Add(price, arith.Mul(mu[u.Cap], u.Amount))
			limit = min(limit, c.caps[u.Cap]/u.Amount)
		}
		if price >= tooMuch {
			return nil
		}
		out.options = append(out.options, Option{Price: price, Gain: o.Gain, Limit: limit})
	}
	slices.SortStableFunc(out.options, byRatio)
	out.Cover = out.withoutCaps()
	return out
}

// least returns the lower bound that follows from one on the priced cover.
func (p *priced) least(of int64) int64 {
	if of >= tooMuch {
		return 0
	}
	rest := new(big.Int).Sub(big.NewInt(of), p.caps)
	if rest.Sign() <= 0 {
		return 0
	}
	rest.Add(rest, big.NewInt(priceScale-1))
	return rest.Quo(rest, big.NewInt(priceScale)).Int64()
}

// capDuals returns the duals of the caps in the linear relaxation of the cover,
// in priceScale, rounded down; nil: there are no caps, or none that cost.
func (c *Cover) capDuals() []int64 {
	if len(c.caps) == 0 || c.value <= 0 {
		return nil
	}
	value := float64(c.value)
	for _, o := range c.options { // what is free and limited is taken in any case
		if o.Price == 0 && o.Limit != Unlimited && len(o.Uses) == 0 {
			value -= float64(float64(o.Gain) * float64(o.Limit))
		}
	}
	if value <= 0 {
		return nil
	}
	dearest := 0.0
	for _, o := range c.options {
		dearest = max(dearest, float64(o.Price)*value/float64(o.Gain))
	}
	rows := []lp.Row{{B: 1, Side: float64(2*dearest) + 1}}
	for range c.caps {
		rows = append(rows, lp.Row{B: 1, AtMost: true})
	}
	type column struct {
		price   float64
		entries []lp.Entry
	}
	var columns []column
	for _, o := range c.options {
		if o.Price == 0 && o.Limit != Unlimited && len(o.Uses) == 0 {
			continue
		}
		j := column{float64(o.Price), []lp.Entry{{Row: 0, Value: float64(o.Gain) / value}}}
		for _, u := range o.Uses {
			j.entries = append(j.entries, lp.Entry{Row: 1 + u.Cap, Value: float64(u.Amount) / float64(max(c.caps[u.Cap], 1))})
		}
		if o.Limit != Unlimited {
			j.entries = append(j.entries, lp.Entry{Row: len(rows), Value: 1})
			rows = append(rows, lp.Row{B: float64(o.Limit), AtMost: true})
		}
		columns = append(columns, j)
	}
	if len(rows) > maxPricedRows {
		return nil
	}
	master := lp.New(rows)
	for _, j := range columns {
		master.Add(j.price, j.entries)
	}
	master.Solve(pricedPivots)
	mu := make([]int64, len(c.caps))
	cost := false
	for k := range mu {
		mu[k] = int64(max(0, -master.Duals()[1+k]) / float64(max(c.caps[k], 1)) * priceScale)
		cost = cost || mu[k] > 0
	}
	if !cost {
		return nil
	}
	return mu
}
