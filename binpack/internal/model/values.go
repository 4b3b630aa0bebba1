package model

import "slices"

// FineTotal is the value of all pods together at which rounding values to whole
// numbers costs next to nothing.
const FineTotal = 1 << 44

// Integral returns the values, one per class, as whole numbers, rounded down, that sum
// to about total over all pods. None is below 0, as rounding errors have it, or above total, which a class without pods could be.
func (m *Model) Integral(values []float64, total int64) []int64 {
	sum := 0.0
	for c, v := range values {
		sum += float64(max(v, 0) * float64(m.Classes[c].Count))
	}
	out := make([]int64, len(values))
	if sum > 0 {
		for c, v := range values {
			out[c] = int64(min(float64(max(v, 0)/sum), 1) * float64(total))
		}
	}
	return out
}

// PackingValues returns the values, one per class, as whole numbers above zero, fit for packing.
func (m *Model) PackingValues(values []float64) []int64 {
	out := m.Integral(values, FineTotal)
	for c := range out {
		out[c] = max(out[c], 1)
	}
	return out
}

// NoneLeft reports whether no pod is left of any class.
func NoneLeft(left []int64) bool {
	return !slices.ContainsFunc(left, func(n int64) bool { return n > 0 })
}

// Better reports whether s leaves fewer pods than t, level by level of priority, or
// as few at less cost.
func (s Solution) Better(m *Model, t Solution) bool {
	if n := slices.Compare(m.ByLevel(s.Left(m)), m.ByLevel(t.Left(m))); n != 0 {
		return n < 0
	}
	return s.Cost(m) < t.Cost(m)
}

// A Cut is what all solutions that leave as few pods meet: what their launches hold at most, by some values of the pods, is at least what
// all pods are worth.
type Cut struct {
	Most  []int64 // per bin, of one launch
	Least int64
}
