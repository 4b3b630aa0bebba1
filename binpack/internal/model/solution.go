package model

import (
	"cmp"
	"fmt"
	"slices"
)

// A Column is a bin, what is on it, and how often it is launched so.
type Column struct {
	Bin    int
	Times  int64
	Counts []Count // by class, each once
}

// A Count is a number of pods of one class.
type Count struct {
	Class int
	N     int64 // > 0
}

// A Solution is a set of columns. What it costs and what it leaves is always
// computed from them.
type Solution []Column

// AtMost parts s into some of its launches, most in all or one of each column, and the
// others. Columns have about the same number of them.
func (s Solution) AtMost(most int64) (some, others Solution) {
	all := int64(0)
	for _, j := range s {
		all += j.Times
	}
	each := all
	if all > most {
		each = max(1, most/int64(len(s)))
	}
	for _, j := range s {
		n := j.Times
		if j.Times = min(n, each); j.Times > 0 {
			some = append(some, j)
		}
		if j.Times = n - j.Times; j.Times > 0 {
			others = append(others, j)
		}
	}
	return some, others
}

// AddCount adds n pods of a class to counts, which it may modify. Where n is
// negative it takes them away, and the class where none is left.
func AddCount(counts []Count, class int, n int64) []Count {
	i, found := slices.BinarySearchFunc(counts, class, func(k Count, c int) int { return cmp.Compare(k.Class, c) })
	if !found {
		return slices.Insert(counts, i, Count{class, n})
	}
	if counts[i].N += n; counts[i].N == 0 {
		return slices.Delete(counts, i, i+1)
	}
	return counts
}

// ColumnOf returns launches of a bin with these pods on each, a number for each class.
func ColumnOf(bin int, times int64, pods []int64) Column {
	out := Column{Bin: bin, Times: times}
	for c, n := range pods {
		if n > 0 {
			out.Counts = append(out.Counts, Count{c, n})
		}
	}
	return out
}

// Cost returns the sum of prices.
func (s Solution) Cost(m *Model) int64 {
	var cost int64
	for _, j := range s {
		cost += m.Bins[j.Bin].Price * j.Times
	}
	return cost
}

// Left returns how many pods of each class no column holds.
func (s Solution) Left(m *Model) []int64 {
	left := make([]int64, len(m.Classes))
	for c := range m.Classes {
		left[c] = m.Classes[c].Count
	}
	for _, j := range s {
		for _, n := range j.Counts {
			left[n.Class] -= n.N * j.Times
		}
	}
	return left
}

// ByLevel returns how many of the pods left are of each level, the highest
// priority first, those that are lost included. Solutions compare by it, and
// then by cost.
func (m *Model) ByLevel(left []int64) []int64 {
	sums := slices.Clone(m.Lost)
	for c, n := range left {
		for len(sums) <= m.Classes[c].Level {
			sums = append(sums, 0)
		}
		sums[m.Classes[c].Level] += n * max(m.Classes[c].Pods, 1)
	}
	return sums
}

// Free returns what is left of each cap.
func (s Solution) Free(m *Model) []int64 {
	free := slices.Clone(m.Caps)
	for _, j := range s {
		m.Spend(j.Bin, free, j.Times)
	}
	return free
}

// Spend takes what times launches of bin b use out of the free caps; where times is
// negative it gives that back.
func (m *Model) Spend(b int, free []int64, times int64) {
	for _, u := range m.Bins[b].Uses {
		free[u.Cap] -= u.Amount * times
	}
}

// Takes returns what a launch of bin b takes of a cap.
func (m *Model) Takes(b, k int) int64 {
	for _, u := range m.Bins[b].Uses {
		if u.Cap == k {
			return u.Amount
		}
	}
	return 0
}

// Launches returns how many more launches of bin b the free caps allow, at
// most limit.
func (m *Model) Launches(b int, free []int64, limit int64) int64 {
	for _, u := range m.Bins[b].Uses {
		limit = min(limit, free[u.Cap]/u.Amount)
	}
	return max(limit, 0)
}

// Normal returns s with alike columns merged, in an order that depends on
// content alone.
func (s Solution) Normal() Solution {
	out := slices.Clone(s)
	slices.SortFunc(out, compareColumns)
	n := 0
	for _, j := range out {
		switch {
		case j.Times == 0:
		case n > 0 && compareColumns(out[n-1], j) == 0:
			out[n-1].Times += j.Times
		default:
			out[n] = j
			n++
		}
	}
	return out[:n]
}

func compareColumns(a, b Column) int {
	return cmp.Or(
		cmp.Compare(a.Bin, b.Bin),
		slices.CompareFunc(a.Counts, b.Counts, func(x, y Count) int {
			return cmp.Or(cmp.Compare(x.Class, y.Class), -cmp.Compare(x.N, y.N))
		}),
	)
}

// Fits reports whether an empty bin b holds these pods.
func (m *Model) Fits(b int, counts []Count) bool {
	if slices.ContainsFunc(counts, func(n Count) bool { return !m.Bins[b].Admits.Has(n.Class) }) {
		return false
	}
	node := NewFilling(m)
	node.Empty(b)
	for _, n := range counts {
		if node.Fit(n.Class, n.N) < n.N {
			return false
		}
		node.Take(n.Class, n.N)
	}
	return true
}

// Check returns an error that names the first rule of m that s breaks. It
// guards against faults of the solver itself.
func (s Solution) Check(m *Model) error {
	node := NewFilling(m)
	for i, j := range s {
		bin := &m.Bins[j.Bin]
		node.Empty(j.Bin)
		if j.Times <= 0 {
			return fmt.Errorf("column %d: %d times", i, j.Times)
		}
		for k, n := range j.Counts {
			if k > 0 && j.Counts[k-1].Class >= n.Class {
				return fmt.Errorf("column %d: classes out of order", i)
			}
			if n.N <= 0 || !bin.Admits.Has(n.Class) || node.Fit(n.Class, n.N) < n.N {
				return fmt.Errorf("column %d: bin %d does not hold %d of class %d", i, j.Bin, n.N, n.Class)
			}
			node.Take(n.Class, n.N)
		}
	}
	for c, n := range s.Left(m) {
		if n < 0 {
			return fmt.Errorf("class %d: %d pods too many", c, -n)
		}
	}
	for k, n := range s.Free(m) {
		if n < 0 {
			return fmt.Errorf("cap %d: %d over its limit", k, -n)
		}
	}
	return nil
}
