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
				require.True(t, len(counts) == 0 || slices.ContainsFunc(kept, instead), "nothing kept holds %v as bin %d does", counts, b)
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
		b.Admits = []bool{true}
		m.Bins = append(m.Bins, b)
	}
	require.Equal(t, []int{0, 5}, m.Prune())
}

func TestCheckNamesWhatIsBroken(t *testing.T) {
	m := &Model{
		Resources: 1, Classes: []Class{{3, []int64{2}}, {1, []int64{1}}}, Caps: []int64{1},
		Bins: []Bin{{Price: 7, Capacity: []int64{4}, Admits: []bool{true, false}, Uses: []Use{{0, 1}}}, {Price: 9, Capacity: []int64{9}, Admits: []bool{true, true}}},
	}
	good := Solution{{0, 1, []Count{{0, 2}}}, {1, 1, []Count{{0, 1}, {1, 1}}}}
	require.NoError(t, good.Check(m))
	require.Equal(t, int64(16), good.Cost(m))
	require.Equal(t, []int64{0, 0}, good.Left(m))
	require.Equal(t, []int64{0}, good.Free(m))
	for want, s := range map[string]Solution{
		"does not hold 3 of class 0": {{0, 1, []Count{{0, 3}}}},
		"does not hold 1 of class 1": {{0, 1, []Count{{1, 1}}}},
		"1 pods too many":            {{1, 2, []Count{{0, 2}}}},
		"1 over its limit":           {{0, 2, []Count{{0, 1}}}},
		"0 times":                    {{0, 0, nil}},
		"out of order":               {{1, 1, []Count{{1, 1}, {0, 1}}}},
	} {
		require.ErrorContains(t, s.Check(m), want)
	}
}

func TestNormal(t *testing.T) {
	s := Solution{{1, 2, []Count{{0, 1}}}, {0, 1, []Count{{0, 1}}}, {1, 0, nil}, {1, 1, []Count{{0, 1}}}, {0, 1, []Count{{0, 2}}}}
	require.Equal(t, Solution{{0, 1, []Count{{0, 2}}}, {0, 1, []Count{{0, 1}}}, {1, 3, []Count{{0, 1}}}}, s.Normal())
}
