package cover

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
)

// capSteps is the most work of capped, in labels looked at.
const capSteps = 1_000_000

// maxValues bounds the number of values that capped tells apart.
const maxValues = 1 << 14

// A solution is what capped found.
type solution struct {
	finished bool  // within its steps; else the rest means nothing
	price    int64 // least price that covers the value; -1: nothing does
	reached  int64 // most value covered
}

// A label is a choice of launches: what it costs and takes of the caps.
type label struct {
	price int64
	used  []int64
}

// capped solves the cover with its caps: option by option it keeps, for each
// value covered, the choices that no other of the same value beats in price
// and in all caps (Martins, 1984). Values are counted as in grid.
func (c *Cover) capped(ctx context.Context) (solution, error) {
	unit := int64(0)
	for _, o := range c.options {
		unit = arith.GCD(unit, o.Gain)
	}
	unit = max(unit, arith.CeilDiv(c.value, maxValues))
	s := &labelling{
		states: make([][]label, arith.CeilDiv(c.value, unit)+1),
		caps:   c.caps,
		steps:  capSteps,
		best:   -1,
	}
	s.states[0] = []label{{used: make([]int64, len(c.caps))}}
	for i, o := range c.options {
		if ctx.Err() != nil {
			return solution{}, ctx.Err()
		}
		if !s.launch(o, arith.CeilDiv(o.Gain, unit)) {
			return solution{}, nil
		}
		s.prune(unit, c.options[i+1:])
	}
	if s.best >= 0 {
		return solution{finished: true, price: s.best, reached: c.value}, nil
	}
	last := len(s.states) - 1
	for len(s.states[last]) == 0 {
		last--
	}
	return solution{finished: true, price: -1, reached: min(int64(last)*unit, c.value)}, nil
}

type labelling struct {
	states [][]label // per value covered, the last: all of it
	caps   []int64
	steps  int   // left
	best   int64 // least price of a label in the last state; -1: none yet
}

// launch adds the option to the labels, as often as its limit and the caps
// allow. It reports whether the steps sufficed.
func (s *labelling) launch(o Option, gain int64) bool {
	// From the top, so that no launch of this option is added to another.
	for v := len(s.states) - 2; v >= 0; v-- {
		for _, l := range s.states[v] {
			to := int64(v)
			for n := int64(0); n < o.Limit && to < int64(len(s.states)-1); n++ {
				l, to = s.plus(l, o), min(to+gain, int64(len(s.states)-1))
				if !s.allows(l) {
					break
				}
				if s.steps -= 1 + len(s.states[to]); s.steps < 0 {
					return false
				}
				s.keep(l, to)
			}
		}
	}
	return true
}

func (s *labelling) plus(l label, o Option) label {
	out := label{price: arith.Add(l.price, o.Price), used: slices.Clone(l.used)}
	for _, u := range o.Uses {
		out.used[u.Cap] = arith.Add(out.used[u.Cap], u.Amount)
	}
	return out
}

func (s *labelling) allows(l label) bool {
	for i, u := range l.used {
		if u > s.caps[i] {
			return false
		}
	}
	return true
}

// keep adds the label to its state unless another there is as good in all, and
// drops those that it beats.
func (s *labelling) keep(l label, state int64) {
	if s.best >= 0 && l.price >= s.best {
		return
	}
	if slices.ContainsFunc(s.states[state], func(m label) bool { return m.beats(l) }) {
		return
	}
	s.states[state] = append(slices.DeleteFunc(s.states[state], l.beats), l)
	if state == int64(len(s.states)-1) {
		s.best = l.price
	}
}

func (l label) beats(m label) bool { return l.price <= m.price && dominance.NoLess(m.used, l.used) }

// prune drops the labels that cannot become cheaper covers than the best: what
// they leave costs at least what the cheapest of the later options, by gain,
// asks for it.
func (s *labelling) prune(unit int64, later []Option) {
	if s.best < 0 || len(later) == 0 {
		return
	}
	cheapest := later[0]
	for _, o := range later[1:] {
		if arith.CompareRatio(o.Price, arith.CeilDiv(o.Gain, unit), cheapest.Price, arith.CeilDiv(cheapest.Gain, unit)) < 0 {
			cheapest = o
		}
	}
	for v := range s.states {
		least := arith.MulDiv(int64(len(s.states)-1-v), cheapest.Price, arith.CeilDiv(cheapest.Gain, unit))
		s.states[v] = slices.DeleteFunc(s.states[v], func(l label) bool { return arith.Add(l.price, least) >= s.best })
	}
}
