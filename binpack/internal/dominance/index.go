package dominance

import "slices"

// An Index finds the things that may take no more of any cap than another, among all that
// were added.
type Index struct {
	free  []int         // that take of no cap
	first map[int][]int // by the first cap that they take of
}

// Add adds the thing with number i.
func (x *Index) Add(i int, uses []Use) {
	if len(uses) == 0 {
		x.free = append(x.free, i)
		return
	}
	if x.first == nil {
		x.first = map[int][]int{}
	}
	x.first[uses[0].Cap] = append(x.first[uses[0].Cap], i)
}

// Some reports whether is holds for some thing that may take no more than uses.
func (x *Index) Some(uses []Use, is func(i int) bool) bool {
	return slices.ContainsFunc(x.free, is) || slices.ContainsFunc(uses, func(u Use) bool { return slices.ContainsFunc(x.first[u.Cap], is) })
}
