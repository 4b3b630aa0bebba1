package model

import "slices"

// A PreferredPool is a pool that comes before others for a class: its bins that hold a pod of the
// class, by price. As long as the pool could launch the cheapest of them, a bin of a later
// rank must not hold such a pod.
type PreferredPool struct {
	Pool int // tells pools apart
	Rank int
	Bins []int
}

// firstOpen returns the first rank with a pool that could still launch for a pod of class c
// within the free caps: the cheapest of its bins with launches left decide. Where none
// could it is behind all ranks.
func (m *Model) firstOpen(c int, free []int64) int {
	for _, a := range m.Classes[c].Preferred { // in order of rank
		if m.LaunchesCheapest(a.Bins, free) {
			return a.Rank
		}
	}
	return m.Ranks
}

// LaunchesCheapest reports whether the free caps allow one more launch of the
// cheapest of these bins with launches left. bins are in order of price.
func (m *Model) LaunchesCheapest(bins []int, free []int64) bool {
	return slices.ContainsFunc(m.cheapest(bins, free), func(b int) bool { return m.Launches(b, free, 1) > 0 })
}

// CheapestTake returns what a launch of the cheapest of these bins, as above, takes of each
// cap at least, and no more than is known of others; nil: nothing is. A cap is not
// in it where one takes nothing.
func (m *Model) CheapestTake(known map[int]int64, bins []int, free []int64) map[int]int64 {
	for _, b := range m.cheapest(bins, free) {
		takes := make(map[int]int64, len(m.Bins[b].Uses))
		for _, u := range m.Bins[b].Uses {
			if least, ok := known[u.Cap]; u.Amount > 0 && (ok || known == nil) {
				takes[u.Cap] = u.Amount
				if ok {
					takes[u.Cap] = min(least, u.Amount)
				}
			}
		}
		known = takes
	}
	return known
}

// cheapest returns the cheapest of the bins with launches left.
// bins are in order of price.
func (m *Model) cheapest(bins []int, free []int64) []int {
	first := 0
	for first < len(bins) && m.usedUp(&m.Bins[bins[first]], free) {
		first++
	}
	last := first
	for last < len(bins) && m.Bins[bins[last]].Price == m.Bins[bins[first]].Price {
		last++
	}
	if slices.ContainsFunc(bins[first:last], func(b int) bool { return m.usedUp(&m.Bins[b], free) }) {
		return slices.DeleteFunc(slices.Clone(bins[first:last]), func(b int) bool { return m.usedUp(&m.Bins[b], free) })
	}
	return bins[first:last]
}

// usedUp reports whether no launches are left of a bin, whatever limits allow.
func (m *Model) usedUp(bin *Bin, free []int64) bool {
	for _, u := range bin.Uses {
		if m.Counted != nil && m.Counted[u.Cap] && u.Amount > free[u.Cap] {
			return true
		}
	}
	return false
}

// OutOfOrder reports whether s has a pod on a bin though a pool of an earlier rank
// could still launch for it.
func (s Solution) OutOfOrder(m *Model) bool {
	if m.Ranks <= 1 {
		return false
	}
	return slices.ContainsFunc(s, m.OutOfOrder(s.Free(m)))
}

// OutOfOrder returns a function that reports whether one of the pods of a column is late within the free caps.
func (m *Model) OutOfOrder(free []int64) func(Column) bool {
	late := m.Late(free)
	return func(j Column) bool {
		return slices.ContainsFunc(j.Counts, func(n Count) bool { return late(j.Bin, n.Class) })
	}
}

// Late returns a function that reports whether a pod of a class would be on a bin though a pool of an earlier rank could
// still launch for it within the free caps, which stay as they are. It looks at each pool once for each class.
func (m *Model) Late(free []int64) func(bin, class int) bool {
	open := map[int]int{} // class → see firstOpen
	return func(bin, class int) bool {
		rank := m.Bins[bin].Rank
		if rank <= 0 {
			return false
		}
		first, known := open[class]
		if !known {
			first = m.firstOpen(class, free)
			open[class] = first
		}
		return first < rank
	}
}
