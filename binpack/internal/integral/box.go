package integral

import (
	"math"
	"slices"
)

// A box is numbers of nodes within bounds.
type box struct {
	low, high []int64   // per bin, then per group
	at        []float64 // the numbers that cost least
	bound     int64
	tried     []int64 // numbers that were tried; nil: none
	cuts      int     // that at meets
	number    int     // in the order in which they were made
}

// Before reports whether x comes before o: that of the least bound does, of those the newest.
func (x *box) Before(o *box) bool {
	return x.bound < o.bound || x.bound == o.bound && x.number > o.number
}

func isWhole(x float64) bool { return math.Abs(x-math.Round(x)) <= integralTol }

// whole reports whether the numbers at are whole.
func (x *box) whole() bool {
	return !slices.ContainsFunc(x.at, func(y float64) bool { return !isWhole(y) })
}

// split adds the boxes that x divides into: below and above where it is not whole; where it
// is, without the numbers at.
func (s *Search) split(x *box) {
	if i := s.farthest(x); i >= 0 {
		floor := int64(math.Floor(x.at[i]))
		s.part(x, i, x.low[i], floor, nil)
		s.part(x, i, floor+1, x.high[i], nil)
		return
	}
	dearest := -1
	for i, b := range s.bins {
		if x.low[i] < x.high[i] && (dearest < 0 || s.m.Bins[b].Price > s.m.Bins[s.bins[dearest]].Price) {
			dearest = i
		}
	}
	if dearest < 0 {
		return // there are no others
	}
	y := int64(math.Round(x.at[dearest]))
	s.part(x, dearest, x.low[dearest], y-1, nil)
	s.part(x, dearest, y+1, x.high[dearest], nil)
	s.part(x, dearest, y, y, x.tried)
}

// farthest returns which of the numbers at is farthest from whole, those of groups before
// those of bins, and of these the dearest; -1: all are whole.
func (s *Search) farthest(x *box) int {
	at, most := -1, 0.0
	for i := len(x.at) - 1; i >= 0 && (at < len(s.bins) || i >= len(s.bins)); i-- {
		if isWhole(x.at[i]) {
			continue
		}
		part := x.at[i] - math.Floor(x.at[i])
		weight := min(part, 1-part)
		if i < len(s.bins) {
			weight *= float64(s.m.Bins[s.bins[i]].Price)
		}
		if weight > most {
			at, most = i, weight
		}
	}
	return at
}

// part adds the box x with other bounds of the number i, if there are any.
func (s *Search) part(x *box, i int, low, high int64, tried []int64) {
	if low > high {
		return
	}
	lows, highs := slices.Clone(x.low), slices.Clone(x.high)
	lows[i], highs[i] = low, high
	s.add(lows, highs, tried)
}

// rounded returns the numbers at, which are whole.
func (x *box) rounded() []int64 {
	out := make([]int64, len(x.at))
	for i, v := range x.at {
		out[i] = int64(math.Round(v))
	}
	return out
}
