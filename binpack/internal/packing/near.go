package packing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

const (
	// nearTicks bounds one question about launches that are like others.
	nearTicks = 30_000
	// exchangesPerTick is how many exchanges of nodes are looked at in one tick.
	exchangesPerTick = 4
)

// Near looks for a packing on launches that cost less than enough and are like others: one or two nodes are left out, another is
// launched, or both. The cheapest come first that limits allow and that meet all cuts; none is asked about twice. It takes about ticks
// ticks at most, and ends when ctx does.
func (s *Search) Near(ctx context.Context, launches []int64, enough int64, ticks int) Answer {
	if s.near == nil {
		s.near = map[string]bool{}
	}
	out := Answer{Ticks: len(launches) * len(launches) / exchangesPerTick}
	for _, x := range s.exchanges(launches, enough) {
		if out.Ticks >= ticks || ctx.Err() != nil {
			break
		}
		y := x.made(launches)
		name := fmt.Sprint(y)
		if s.near[name] || !s.allows(y) {
			continue
		}
		s.near[name] = true
		a := s.Ask(ctx, y, nearTicks)
		out.Ticks += a.Ticks
		if out.Found = a.Found; out.Found != nil {
			break
		}
	}
	return out
}

// allows reports whether limits allow launches.
func (s *Search) allows(launches []int64) bool {
	free := slices.Clone(s.Caps)
	for n, number := range launches {
		if number > s.Nodes[n].Limit {
			return false
		}
		for _, u := range s.Nodes[n].Uses {
			free[u.Cap] -= arith.Mul(number, u.Amount)
		}
	}
	return !slices.ContainsFunc(free, func(n int64) bool { return n < 0 })
}

// An exchange takes nodes out of launches, and puts others in.
type exchange struct {
	out, in []int
	price   int64 // of all launches then
}

// exchanges returns those after which launches cost less than enough and meet all cuts, the cheapest first.
func (s *Search) exchanges(launches []int64, enough int64) []exchange {
	now, price := int64(0), func(n int) int64 { return s.Nodes[n].Price }
	sums := make([]int64, len(s.Cuts))
	outs := [][]int{{}}
	for n, number := range launches {
		now = arith.Add(now, arith.Mul(number, price(n)))
		for i, c := range s.Cuts {
			sums[i] = arith.Add(sums[i], arith.Mul(number, c.Most[n]))
		}
		for m := n; m < len(launches) && number > 0; m++ {
			if m == n {
				outs = append(outs, []int{n})
			}
			if launches[m] > 0 && (m > n || number > 1) {
				outs = append(outs, []int{n, m})
			}
		}
	}
	var list []exchange
	try := func(out, in []int) {
		x := exchange{out, in, now + sumOf(in, price) - sumOf(out, price)}
		if x.price >= enough {
			return
		}
		for i, c := range s.Cuts {
			most := func(n int) int64 { return c.Most[n] }
			if sums[i]+sumOf(in, most)-sumOf(out, most) < c.Least {
				return
			}
		}
		list = append(list, x)
	}
	for _, out := range outs {
		try(out, nil)
		for in := range launches {
			try(out, []int{in})
		}
	}
	slices.SortStableFunc(list, func(a, b exchange) int { return cmp.Compare(a.price, b.price) })
	return list
}

// sumOf returns the sum of what some nodes have.
func sumOf(nodes []int, of func(n int) int64) (sum int64) {
	for _, n := range nodes {
		sum += of(n)
	}
	return sum
}

// made returns the launches after the exchange.
func (x *exchange) made(launches []int64) []int64 {
	y := slices.Clone(launches)
	for _, n := range x.out {
		y[n]--
	}
	for _, n := range x.in {
		y[n]++
	}
	return y
}
