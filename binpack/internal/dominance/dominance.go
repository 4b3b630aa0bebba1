package dominance

import (
	"cmp"
	"slices"
)

// A Use is what one launch takes of one cap.
type Use struct {
	Cap    int
	Amount int64
}

// Compare orders uses by cap, then by amount.
func (u Use) Compare(v Use) int {
	return cmp.Or(cmp.Compare(u.Cap, v.Cap), cmp.Compare(u.Amount, v.Amount))
}

// NoLess reports whether each of the amounts of a is at least that of b.
func NoLess(a, b []int64) bool {
	for i := range a {
		if a[i] < b[i] {
			return false
		}
	}
	return true
}

// AdmitsAll reports whether a admits whatever b admits.
func AdmitsAll(a, b []bool) bool {
	for i := range a {
		if b[i] && !a[i] {
			return false
		}
	}
	return true
}

// UsesNoMore reports whether a takes no more than b of any cap.
func UsesNoMore(a, b []Use) bool {
	for _, u := range a {
		if !slices.ContainsFunc(b, func(v Use) bool { return v.Cap == u.Cap && v.Amount >= u.Amount }) {
			return false
		}
	}
	return true
}

// CompareUses orders what launches take: the fewer caps the less, then by amounts.
func CompareUses(a, b []Use) int {
	amounts := func(uses []Use) []int64 {
		var out []int64
		for _, u := range uses {
			out = append(out, u.Amount)
		}
		slices.Sort(out)
		return out
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(amounts(a), amounts(b)),
		slices.CompareFunc(a, b, Use.Compare))
}
