package ilp

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
)

// An Option is what may be launched, any number of times up to Most.
type Option struct {
	Number  int // the caller's
	Price   int64
	Gains   []int64 // per row
	Uses    []dominance.Use
	Most    int64 // launches that can be of use
	Limited bool  // Most is a limit of the option itself
}

// Undominated returns the options that no other replaces, in an order that does not
// depend on the input's.
func Undominated(options []Option) []Option {
	slices.SortStableFunc(options, compareOptions)
	var index dominance.Index
	for i := range options {
		index.Add(i, options[i].Uses)
	}
	return slices.DeleteFunc(slices.Clone(options), func(o Option) bool {
		return index.Some(o.Uses, func(i int) bool { return options[i].Number != o.Number && options[i].replaces(&o) })
	})
}

// Needed returns how many launches some plan of least price has at most, at most
// limit: more than cover each value alone are of no use.
func (o *Option) Needed(values []int64, limit int64) int64 {
	most := int64(0)
	for i, v := range values {
		if o.Gains[i] > 0 {
			most = max(most, arith.CeilDiv(v, o.Gains[i]))
		}
	}
	return min(most, limit)
}

// compareOptions orders options by all that counts, so that the order of the
// input does not.
func compareOptions(a, b Option) int {
	return cmp.Or(cmp.Compare(a.Price, b.Price), -slices.Compare(a.Gains, b.Gains), cmp.Compare(b.Most, a.Most),
		slices.CompareFunc(a.Uses, b.Uses, dominance.Use.Compare))
}

// replaces reports whether a may be launched wherever o is: it comes first in
// order, where they are equal.
func (a *Option) replaces(o *Option) bool {
	if a.Limited || a.Price > o.Price || !dominance.NoLess(a.Gains, o.Gains) || !dominance.UsesNoMore(a.Uses, o.Uses) {
		return false
	}
	equal := a.Price == o.Price && slices.Equal(a.Gains, o.Gains) && dominance.UsesNoMore(o.Uses, a.Uses) && !o.Limited
	return !equal || a.Number < o.Number
}
