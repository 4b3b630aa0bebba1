// Package lazysort yields a list in order, and sorts no more of it than is asked for.
package lazysort

import (
	"iter"
	"slices"
)

// few is the number of elements that are looked for one by one: for more it is quicker
// to sort.
const few = 32

// A List is a list that is sorted as far as it was asked for.
type List[E any] struct {
	list    []E
	compare func(a, b E) int
	sorted  int // elements that stand in their place
}

// Of returns a List of the elements, which it reorders.
func Of[E any](list []E, compare func(a, b E) int) *List[E] {
	return &List[E]{list: list, compare: compare}
}

// All yields the elements in the order of compare, equal ones in that of the list.
func (l *List[E]) All() iter.Seq[E] {
	return func(yield func(E) bool) {
		for n := range l.list {
			if n == l.sorted {
				l.sortMore()
			}
			if !yield(l.list[n]) {
				return
			}
		}
	}
}

// sortMore puts the next element into its place, or all that are left.
func (l *List[E]) sortMore() {
	rest := l.list[l.sorted:]
	if l.sorted >= few {
		slices.SortStableFunc(rest, l.compare)
		l.sorted = len(l.list)
		return
	}
	first := 0
	for n := range rest {
		if l.compare(rest[n], rest[first]) < 0 {
			first = n
		}
	}
	next := rest[first]
	copy(rest[1:], rest[:first])
	rest[0] = next
	l.sorted++
}
