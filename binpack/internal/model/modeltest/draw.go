// Package modeltest draws small models for tests.
package modeltest

import (
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Draw draws a model of up to three classes, four bins, two resources and two
// caps, of which some classes may fit nowhere and some caps allow nothing.
func Draw(t *rapid.T) *model.Model {
	m := &model.Model{Resources: rapid.IntRange(1, 2).Draw(t, "resources"), Caps: rapid.SliceOfN(rapid.Int64Range(0, 5), 0, 2).Draw(t, "caps")}
	amounts := func(most int64) []int64 {
		return rapid.SliceOfN(rapid.Int64Range(0, most), m.Resources, m.Resources).Draw(t, "amounts")
	}
	for range rapid.IntRange(1, 3).Draw(t, "classes") {
		m.Classes = append(m.Classes, model.Class{Count: rapid.Int64Range(1, 4).Draw(t, "count"), Requests: amounts(4)})
	}
	for range rapid.IntRange(1, 4).Draw(t, "bins") {
		b := model.Bin{Price: rapid.Int64Range(0, 9).Draw(t, "price"), Capacity: amounts(8)}
		b.Admits = rapid.SliceOfN(rapid.Bool(), len(m.Classes), len(m.Classes)).Draw(t, "admits")
		for k := range m.Caps {
			if n := rapid.Int64Range(0, 2).Draw(t, "use"); n > 0 {
				b.Uses = append(b.Uses, model.Use{Cap: k, Amount: n})
			}
		}
		m.Bins = append(m.Bins, b)
	}
	return m
}

// Fillings calls f with every way to fill one node of bin b; f must not keep
// the counts.
func Fillings(m *model.Model, b int, f func(counts []model.Count)) {
	var try func(c int, room []int64, counts []model.Count)
	try = func(c int, room []int64, counts []model.Count) {
		if c == len(m.Classes) {
			f(counts)
			return
		}
		try(c+1, room, counts)
		for n := int64(1); n <= min(m.MostOf(c, b), m.Fit(c, room, m.Classes[c].Count)); n++ {
			rest := append([]int64(nil), room...)
			m.Take(c, rest, n)
			try(c+1, rest, append(counts, model.Count{Class: c, N: n}))
		}
	}
	try(0, m.Bins[b].Capacity, nil)
}
