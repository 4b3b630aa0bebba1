package fill

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// nearly is how close a branch may come to the best filling and still be given
// up: its bound counts instead, so the result is at most 2^-24 too high.
const nearly = 24

// A search looks for the filling of one node that is worth most. It goes
// through the items by value per weight, takes as many as possible of each,
// then ever fewer. A branch is bounded by the surrogate relaxation: one
// resource, a weighted sum of all, in which the last item may be cut.
type search struct {
	items  []*item
	room   []int64 // left of each resource
	best   int64   // most value found
	cut    int64   // highest bound of the branches given up
	steps  int     // left
	on     []int64 // of each item, on the way; nil: not asked for
	kept   []int64 // of each item, in the best filling
	starts [][]int // per resource and item: the best of this and later items by value per unit; -1: some ask for nothing
}

// depthFirst searches a knapsack for fillings worth more than floor, in no more than the given steps. It keeps the
// best filling where that is asked for.
func (k *Knapsack) depthFirst(floor int64, steps int, filling bool) *search {
	items, budget, _ := k.weighed()
	s := &search{items: items, room: slices.Clone(k.room), best: floor, steps: steps}
	if filling {
		s.on, s.kept = make([]int64, len(items)), make([]int64, len(items))
	}
	s.index()
	s.visit(0, 0, budget)
	return s
}

// index finds, per resource, which of the items from each on is worth most per
// unit.
func (s *search) index() {
	s.starts = make([][]int, len(s.room))
	for r := range s.room {
		best := make([]int, len(s.items))
		for i := len(s.items) - 1; i >= 0; i-- {
			best[i] = i
			if i+1 < len(s.items) {
				best[i] = s.denser(r, i, best[i+1])
			}
			if s.items[i].requests[r] == 0 {
				best[i] = -1
			}
		}
		s.starts[r] = best
	}
}

func (s *search) denser(r, i, j int) int {
	if j < 0 || arith.CompareRatio(s.items[j].value, s.items[j].requests[r], s.items[i].value, s.items[i].requests[r]) >= 0 {
		return j
	}
	return i
}

// visit looks at the fillings that add items from i on to a value, with weight
// left in the surrogate.
func (s *search) visit(i int, value, weight int64) {
	if value > s.best {
		s.best = value
		copy(s.kept, s.on)
	}
	if i == len(s.items) || s.giveUp(value+s.tightest(i, weight)) {
		return
	}
	it := s.items[i]
	n := Fit(it.requests, s.room, it.count)
	s.take(it, n)
	for ; n >= 0; n-- {
		s.steps--
		v, w := value+n*it.value, weight-n*it.weight
		// Fewer of the item are worth no more, as what follows is worth less
		// per weight.
		if s.giveUp(v + relaxed(s.items[i+1:], w)) {
			break
		}
		if s.on != nil {
			s.on[i] = n
		}
		s.visit(i+1, v, w)
		if n > 0 {
			s.take(it, -1)
		}
	}
	s.take(it, -max(n, 0))
	if s.on != nil {
		s.on[i] = 0
	}
}

// giveUp reports whether a branch with this bound is not worth a visit, and
// notes its bound where it might have been.
func (s *search) giveUp(bound int64) bool {
	if s.steps > 0 && bound > s.best+s.best>>nearly {
		return false
	}
	s.cut = max(s.cut, bound)
	return true
}

func (s *search) take(it *item, n int64) {
	for r, q := range it.requests {
		s.room[r] -= n * q
	}
}

// tightest returns the least of the bounds on what items from i on are worth
// in what is left: by the surrogate, and by each resource alone.
func (s *search) tightest(i int, weight int64) int64 {
	bound := relaxed(s.items[i:], weight)
	for r, left := range s.room {
		j := s.starts[r][i]
		if j < 0 {
			continue
		}
		bound = min(bound, arith.MulDiv(left, s.items[j].value, s.items[j].requests[r]))
	}
	return bound
}

// relaxed returns the most that items are worth in a room of so much weight,
// the last of them cut. Items are in order of value per weight.
func relaxed(items []*item, weight int64) int64 {
	value := int64(0)
	for i := range items {
		it := items[i]
		if it.weight == 0 || it.count <= weight/it.weight {
			value += it.value * it.count
			weight -= it.weight * it.count
			continue
		}
		return value + arith.MulDiv(weight, it.value, it.weight)
	}
	return value
}

// compareWorth orders items by value per weight, then so that their order does
// not depend on the input's.
func compareWorth(a, b *item) int {
	return cmp.Or(arith.CompareRatio(b.value, b.weight, a.value, a.weight),
		cmp.Compare(b.value, a.value), slices.Compare(a.requests, b.requests), cmp.Compare(a.count, b.count))
}
