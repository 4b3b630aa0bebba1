package spread

import (
	"cmp"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A Spread is pods that a rule spreads over domains. In each domain they are a kind of their
// own, so that values may differ from domain to domain. Plans put n(d) of them into domain
// d, such that
//
//	Σ n(d) = Count
//	n(d) + Before(d) ≤ Skew + fewest    where n(d) > 0
//
// and fewest is the least of n(d) + Before(d), or 0 where the rule is Sparse. Any number of
// pods less is spread by some such plan too.
type Spread struct {
	Count  int64
	Before []int64 // per domain, pods that are there
	Skew   int64
	Sparse bool
}

// maxLevels bounds the numbers of fewest pods that are looked at one by one.
const maxLevels = 64

// Least returns the least value of Count pods, given that of one in each domain, and how
// many are then in each. in is nil where no numbers satisfy the rule: then the value is
// that of pods without it.
func (s *Spread) Least(values []int64) (value int64, in []int64) {
	low, high := s.levels()
	if low > high {
		return slices.Min(values) * s.Count, nil
	}
	if high-low > maxLevels {
		return s.leastBetween(values, low, high)
	}
	value = math.MaxInt64
	for m := low; m <= high; m++ {
		if v, n := s.leastBetween(values, m, m); v < value {
			value, in = v, n
		}
	}
	return value, in
}

// Satisfiable reports whether some numbers satisfy the rule.
func (s *Spread) Satisfiable() bool {
	low, high := s.levels()
	return low <= high
}

// Allows reports whether the rule allows these numbers of pods, per domain.
func (s *Spread) Allows(in []int64) bool {
	fewest := int64(0)
	if !s.Sparse {
		fewest = math.MaxInt64
		for d, n := range in {
			fewest = min(fewest, arith.Add(n, s.Before[d]))
		}
	}
	for d, n := range in {
		if n > s.upper(d, fewest) {
			return false
		}
	}
	return true
}

// Most returns the most pods that each domain may have.
func (s *Spread) Most() []int64 {
	low, high := s.levels()
	out := make([]int64, len(s.Before))
	for d := range out {
		out[d] = s.Count
		if low <= high {
			out[d] = min(out[d], s.upper(d, high))
		}
	}
	return out
}

// Surplus returns for how many of the pods the domains have no room. Only Sparse rules
// leave any.
func (s *Spread) Surplus() int64 {
	if !s.Sparse {
		return 0
	}
	room := int64(0)
	for d := range s.Before {
		room = arith.Add(room, s.upper(d, 0))
	}
	return max(0, s.Count-room)
}

// Tighter reports whether the rule allows less than another over the same domains.
func (s *Spread) Tighter(o *Spread) bool {
	return cmp.Or(cmp.Compare(s.Loose(), o.Loose()), cmp.Compare(s.Skew, o.Skew)) < 0
}

// Loose returns how many pods the domains may have, each by itself: of two rules over the
// same domains the tighter one allows fewer.
func (s *Spread) Loose() int64 {
	sum := int64(0)
	for _, n := range s.Most() {
		sum = arith.Add(sum, n)
	}
	return sum
}

// lower and upper bound the pods of a domain where the fewest are m.
func (s *Spread) lower(d int, m int64) int64 {
	if s.Sparse {
		return 0
	}
	return max(0, m-s.Before[d])
}

func (s *Spread) upper(d int, m int64) int64 { return max(0, arith.Add(s.Skew, m)-s.Before[d]) }

// levels returns between which numbers the fewest pods of a domain are: none where low is
// above high.
func (s *Spread) levels() (low, high int64) {
	sum := func(of func(int, int64) int64, m int64) int64 {
		all := int64(0)
		for d := range s.Before {
			all = arith.Add(all, of(d, m))
		}
		return all
	}
	if s.Sparse {
		if sum(s.upper, 0) < s.Count {
			return 1, 0
		}
		return 0, 0
	}
	most := arith.Add(s.Count, slices.Max(s.Before)) + 1
	low = first(most, func(m int64) bool { return sum(s.upper, m) >= s.Count })
	high = first(most, func(m int64) bool { return sum(s.lower, m) > s.Count }) - 1
	return low, high
}

// first returns the least number up to most that is so, as all above it are.
func first(most int64, is func(int64) bool) int64 {
	low := int64(0)
	for low < most {
		if m := low + (most-low)/2; is(m) {
			most = m
		} else {
			low = m + 1
		}
	}
	return low
}

// leastBetween is Least where the fewest pods are low at least, and those of a domain at
// most what the rule allows with high.
func (s *Spread) leastBetween(values []int64, low, high int64) (value int64, in []int64) {
	order := make([]int, len(values))
	in = make([]int64, len(values))
	rest := s.Count
	for d := range order {
		order[d] = d
		in[d] = s.lower(d, low)
		rest -= in[d]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	for _, d := range order {
		more := min(rest, max(0, s.upper(d, high)-in[d]))
		in[d] += more
		rest -= more
		value += in[d] * values[d]
	}
	return value, in
}
