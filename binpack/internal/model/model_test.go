package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestPruneKeepsEveryFilling: whatever a dropped bin can be filled with, a kept
// one holds at no greater price and with no more of any cap.
func TestPruneKeepsEveryFilling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		kept := m.Prune()
		for b := range m.Bins {
			modeltest.Fillings(m, b, func(counts []Count) {
				instead := func(k int) bool {
					s := Solution{{Bin: k, Times: 1, Counts: counts}}
					before, after := Solution{{Bin: b, Times: 1}}.Free(m), s.Free(m)
					unlimited := *m
					unlimited.Caps = slices.Repeat([]int64{100}, len(m.Caps))
					for c := range before {
						if after[c] < before[c] {
							return false
						}
					}
					return s.Check(&unlimited) == nil && m.Bins[k].Price <= m.Bins[b].Price
				}
				forbidden := m.Launches(b, m.Caps, 1) == 0
				require.True(t, len(counts) == 0 || forbidden || slices.ContainsFunc(kept, instead), "nothing kept holds %v as bin %d does", counts, b)
			})
		}
	})
}

func TestPruneDrops(t *testing.T) {
	m := &Model{Resources: 1, Classes: []Class{{Count: 2, Requests: []int64{3}}}}
	for _, b := range []Bin{
		{Price: 5, Capacity: []int64{6}}, {Price: 6, Capacity: []int64{6}}, // dearer
		{Price: 5, Capacity: []int64{5}},  // smaller
		{Price: 5, Capacity: []int64{60}}, // no better: there are 2 pods
		{Price: 1, Capacity: []int64{2}},  // holds none
		{Price: 2, Capacity: []int64{3}},
	} {
		b.Admits = ClassesWhere(true)
		m.Bins = append(m.Bins, b)
	}
	require.Equal(t, []int{0, 5}, m.Prune())
}

func TestCheckNamesWhatIsBroken(t *testing.T) {
	m := &Model{
		Resources: 1, Classes: []Class{{Count: 3, Requests: []int64{2}}, {Count: 1, Requests: []int64{1}}}, Caps: []int64{1},
		Bins: []Bin{{Price: 7, Capacity: []int64{4}, Admits: ClassesWhere(true, false), Uses: []Use{{Cap: 0, Amount: 1}}}, {Price: 9, Capacity: []int64{9}, Admits: ClassesWhere(true, true)}},
	}
	good := Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 2}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 1}, {Class: 1, N: 1}}}}
	require.NoError(t, good.Check(m))
	require.Equal(t, int64(16), good.Cost(m))
	require.Equal(t, []int64{0, 0}, good.Left(m))
	require.Equal(t, []int64{0}, good.Free(m))
	for want, s := range map[string]Solution{
		"does not hold 3 of class 0": {{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 3}}}},
		"does not hold 1 of class 1": {{Bin: 0, Times: 1, Counts: []Count{{Class: 1, N: 1}}}},
		"1 pods too many":            {{Bin: 1, Times: 2, Counts: []Count{{Class: 0, N: 2}}}},
		"1 over its limit":           {{Bin: 0, Times: 2, Counts: []Count{{Class: 0, N: 1}}}},
		"0 times":                    {{Bin: 0, Times: 0, Counts: nil}},
		"out of order":               {{Bin: 1, Times: 1, Counts: []Count{{Class: 1, N: 1}, {Class: 0, N: 1}}}},
	} {
		require.ErrorContains(t, s.Check(m), want)
	}
}

// TestFillingKeepsGroups: a filling takes what the groups allow, in whatever
// order it comes, and gives it back.
func TestFillingKeepsGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		node := NewFilling(m)
		node.Empty(0)
		var counts []Count
		for _, c := range rapid.Permutation([]int{0, 1, 2}[:len(m.Classes)]).Draw(t, "order") {
			if n := node.Fit(c, rapid.Int64Range(0, 4).Draw(t, "n")); m.Bins[0].Admits.Has(c) && n > 0 {
				node.Take(c, n)
				counts = append(counts, Count{Class: c, N: n})
			}
		}
		slices.SortFunc(counts, func(a, b Count) int { return a.Class - b.Class })
		found := len(counts) == 0
		modeltest.Fillings(m, 0, func(legal []Count) { found = found || slices.Equal(legal, counts) })
		// Only counts per class are beyond what Fillings goes through.
		within := !slices.ContainsFunc(counts, func(n Count) bool { return n.N > m.Classes[n.Class].Count })
		require.True(t, found || !within, "%v is no legal filling", counts)
		for _, n := range counts {
			node.Take(n.Class, -n.N)
		}
		require.Equal(t, m.Bins[0].Capacity, node.Room)
	})
}

func TestNormal(t *testing.T) {
	s := Solution{{Bin: 1, Times: 2, Counts: []Count{{Class: 0, N: 1}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 1}}}, {Bin: 1, Times: 0, Counts: nil}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 1}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 2}}}}
	require.Equal(t, Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 2}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 1}}}, {Bin: 1, Times: 3, Counts: []Count{{Class: 0, N: 1}}}}, s.Normal())
}

// TestPart: what solves a part solves those classes of the whole.
func TestPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		var classes []int
		for c := range m.Classes {
			if rapid.Bool().Draw(t, "in") {
				classes = append(classes, c)
			}
		}
		part := m.Part(classes)
		for b := range part.Bins {
			modeltest.Fillings(part, b, func(counts []Count) {
				s := Solution{{Bin: b, Times: 1, Counts: counts}}
				if s.Check(part) != nil {
					return // a cap that allows no launch
				}
				require.NoError(t, s.Whole(classes).Check(m))
				require.Equal(t, s.Cost(part), s.Whole(classes).Cost(m))
			})
		}
	})
}

// TestIntegralOfPodsThatAreNone: a class without pods adds nothing to the sum, so it can be worth any multiple of it.
func TestIntegralOfPodsThatAreNone(t *testing.T) {
	m := &Model{Classes: []Class{{Count: 0}, {Count: 2}}}
	require.Equal(t, []int64{FineTotal, FineTotal / 2}, m.Integral([]float64{1e30, 1}, FineTotal))
}

// TestIntegralBelowZero: duals may be below 0 by rounding errors.
func TestIntegralBelowZero(t *testing.T) {
	m := &Model{Classes: []Class{{Count: 2}, {Count: 3}}}
	require.Equal(t, []int64{FineTotal / 2, 0}, m.Integral([]float64{1, -1e-9}, FineTotal))
}
