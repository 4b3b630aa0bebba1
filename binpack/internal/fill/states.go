package fill

import "math/bits"

// A state is a filling as far as it has been chosen: what is left of all resources,
// packed into one number with a bit between them, the lead first.
type state struct {
	left  uint64
	bound int64 // value and what the room is paid with, in 2^-shift
	value int64
}

// A filling looks for the best filling of one node item by item. Fillings that leave
// the same are one state, and those whose bound is no better than a floor are given
// up: a dynamic program on the states that the table of a lagrangian leaves.
type filling struct {
	*lagrangian
	guards uint64 // the bits between the fields
	at     []int  // lowest bit of each resource
	floor  int64  // what is worth no more is not looked for
	steps  int    // left
	*Lists
}

// Lists are buffers for states, which a run of searches may share.
type Lists struct {
	Ended func() bool // asked now and then; true: the search gives up; nil: never

	states, out, spare, more, kept []state
}

// pack returns the amounts in one number; false: they are too large.
func (f *filling) pack(room []int64) (uint64, bool) {
	f.at = make([]int, len(room))
	bit := 0
	put := func(r int) {
		f.at[r] = bit
		bit += bits.Len64(uint64(room[r])) + 1
		f.guards |= 1 << (bit - 1)
	}
	for r := len(room) - 1; r >= 0; r-- {
		if r != f.lead {
			put(r)
		}
	}
	put(f.lead)
	return f.number(room) | f.guards, bit <= 64
}

func (f *filling) number(amounts []int64) uint64 {
	sum := uint64(0)
	for r, n := range amounts {
		sum |= uint64(n) << f.at[r]
	}
	return sum
}

// best returns the most value of a filling, or the floor where none is worth more;
// false: the steps did not suffice.
func (f *filling) best(room []int64) (int64, bool) {
	start, ok := f.pack(room)
	if !ok {
		return 0, false
	}
	f.states = append(f.states[:0], state{left: start, bound: f.base})
	for i := range f.items {
		if f.ended() || !f.choose(i) {
			return 0, false
		}
	}
	most := f.floor
	for _, s := range f.states {
		most = max(most, s.value)
	}
	return most, true
}

// choose makes the states those after any number of item i is added. States are in
// order of what is left, the greatest first, and stay so when all lose the same. It returns
// false where the search has to give up.
func (f *filling) choose(i int) bool {
	it := f.items[i]
	takes := f.number(it.requests)
	f.out = f.keep(i, f.out[:0], f.states)
	f.more = append(f.more[:0], f.states...)
	for range it.count {
		n := 0
		for _, s := range f.more {
			if left := s.left - takes; left&f.guards == f.guards {
				f.more[n] = state{left, s.bound + f.pays[i], s.value + it.value}
				n++
			}
		}
		if f.more = f.more[:n]; n == 0 {
			break
		}
		if f.steps -= n; f.steps < 0 || n >= manyStates && f.ended() {
			return false
		}
		if f.kept = f.keep(i, f.kept[:0], f.more); len(f.kept) > 0 {
			f.spare = f.merge(f.spare[:0], f.out, f.kept)
			f.out, f.spare = f.spare, f.out
		}
	}
	f.states, f.out = f.out, f.states
	return true
}

// manyStates take long enough to look at the context again.
const manyStates = 256

func (f *filling) ended() bool { return f.Ended != nil && f.Ended() }

// keep appends the states that may still come to more than the floor with the
// items after i.
func (f *filling) keep(i int, to, states []state) []state {
	next, field := f.table[i+1], f.at[f.lead]
	enough := (f.floor + 1) << f.shift
	for _, s := range states {
		lead := int64((s.left &^ f.guards) >> field)
		if s.bound+next[lead/f.unit] >= enough {
			to = append(to, s)
		}
	}
	return to
}

// merge appends two ordered lists as one. It drops a state that is worth no more than
// another which leaves as much of every resource: in the last field it leaves no less.
func (f *filling) merge(to, a, b []state) []state {
	last := uint64(1)<<f.width() - 1
	for len(a)+len(b) > 0 {
		var s state
		if len(b) == 0 || len(a) > 0 && a[0].left >= b[0].left {
			s, a = a[0], a[1:]
		} else {
			s, b = b[0], b[1:]
		}
		switch n := len(to); {
		case n > 0 && to[n-1].left|last == s.left|last && to[n-1].value >= s.value:
		case n > 0 && to[n-1].left == s.left:
			to[n-1] = s
		default:
			to = append(to, s)
		}
	}
	return to
}

// width returns the bits of the last field.
func (f *filling) width() int { return bits.TrailingZeros64(f.guards) }
