package model

import (
	"iter"
	"slices"
)

// A ClassSet is a set of classes. Where a rule spreads pods over thousands of domains each
// of them has classes of its own, and a bin admits few of all: then those are listed.
type ClassSet struct {
	dense []bool // per class; nil: few are all
	few   []int  // in order
}

// fewPart is how many times more classes there are than a set has where these are listed.
const fewPart = 16

// ClassesWhere returns the set of the classes c where is[c] is true.
func ClassesWhere(is ...bool) ClassSet {
	n := 0
	for _, in := range is {
		if in {
			n++
		}
	}
	if n*fewPart >= len(is) {
		return ClassSet{dense: is}
	}
	few := make([]int, 0, n)
	for c, in := range is {
		if in {
			few = append(few, c)
		}
	}
	return ClassSet{few: few}
}

// Classes returns the set of some of n classes, which are in order.
func Classes(n int, some []int) ClassSet {
	if len(some)*fewPart < n {
		return ClassSet{few: some}
	}
	out := NoClasses(n, len(some))
	for _, c := range some {
		out.Add(c)
	}
	return out
}

// NoClasses returns the empty set of n classes, with room for some to be added.
func NoClasses(n, size int) ClassSet {
	if size*fewPart < n {
		return ClassSet{few: make([]int, 0, size)}
	}
	return ClassSet{dense: make([]bool, n)}
}

// Add adds class c, which is greater than all in the set. It is for whoever makes the set.
func (s *ClassSet) Add(c int) {
	if s.dense != nil {
		s.dense[c] = true
	} else {
		s.few = append(s.few, c)
	}
}

// Has reports whether class c is in the set.
func (s *ClassSet) Has(c int) bool {
	if s.dense != nil {
		return s.dense[c]
	}
	return s.listed(c)
}

func (s *ClassSet) listed(c int) bool {
	_, found := slices.BinarySearch(s.few, c)
	return found
}

// All yields the classes of the set in order.
func (s *ClassSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for c, is := range s.dense {
			if is && !yield(c) {
				return
			}
		}
		for _, c := range s.few {
			if !yield(c) {
				return
			}
		}
	}
}

// Empty reports whether no class is in the set.
func (s *ClassSet) Empty() bool { return len(s.few) == 0 && !slices.Contains(s.dense, true) }

// Where returns the set of those of n classes that are in s and meet a condition.
func (s *ClassSet) Where(n int, is func(c int) bool) ClassSet {
	if s.dense == nil {
		var some []int
		for _, c := range s.few {
			if is(c) {
				some = append(some, c)
			}
		}
		return Classes(n, some)
	}
	dense := make([]bool, n)
	for c, in := range s.dense {
		dense[c] = in && is(c)
	}
	return ClassesWhere(dense...)
}

// Bools returns of each of n classes whether it is in the set. The caller must not
// modify it.
func (s *ClassSet) Bools(n int) []bool {
	if s.dense != nil {
		return s.dense
	}
	out := make([]bool, n)
	for _, c := range s.few {
		out[c] = true
	}
	return out
}

// includes reports whether s has all classes of another set.
func (s *ClassSet) includes(o *ClassSet) bool {
	for c := range o.All() {
		if !s.Has(c) {
			return false
		}
	}
	return true
}

// Renumbered returns the set as one of some of the classes, numbered by their places.
func (s *ClassSet) Renumbered(classes []int) ClassSet {
	var some []int
	for i, c := range classes {
		if s.Has(c) {
			some = append(some, i)
		}
	}
	return Classes(len(classes), some)
}
