// Package lazysort yields a list in order, and sorts no more of it than is asked for.
package lazysort

import (
	"iter"
	"slices"
)

// few is the number of elements that are looked for one by one: for more it is quicker
// to sort.
const few = 32

// All yields the elements of list in the order of compare, equal ones in that of the
// list. It may be ranged over once, and reorders the list.
func All[E any](list []E, compare func(a, b E) int) iter.Seq[E] {
	return func(yield func(E) bool) {
		for asked := 0; len(list) > 0; asked++ {
			first := 0
			switch {
			case asked == few:
				slices.SortStableFunc(list, compare)
			case asked < few:
				for n := range list {
					if compare(list[n], list[first]) < 0 {
						first = n
					}
				}
			}
			if !yield(list[first]) {
				return
			}
			list = slices.Delete(list, first, first+1)
		}
	}
}
