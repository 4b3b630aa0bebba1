// Package modeltest draws small models for tests, and looks at all plans of the
// smallest: pod by pod and node by node, without what the model's own methods
// know.
package modeltest

import (
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	_ "github.com/stowage/stowage/internal/seed"
)

// Draw draws a model of up to three classes, four bins, two resources and two
// caps. Some classes may fit nowhere, and some caps may allow nothing.
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
		b.Admits = model.ClassesWhere(rapid.SliceOfN(rapid.Bool(), len(m.Classes), len(m.Classes)).Draw(t, "admits")...)
		for k := range m.Caps {
			if n := rapid.Int64Range(0, 2).Draw(t, "use"); n > 0 {
				b.Uses = append(b.Uses, model.Use{Cap: k, Amount: n})
			}
		}
		m.Bins = append(m.Bins, b)
	}
	for g := range rapid.IntRange(0, 2).Draw(t, "groups") {
		m.Groups = append(m.Groups, model.Group{Most: rapid.Int64Range(0, 2).Draw(t, "most")})
		for c := range m.Classes {
			if rapid.Bool().Draw(t, "owns") {
				m.Classes[c].Owns = append(m.Classes[c].Owns, g)
			}
			if rapid.Bool().Draw(t, "in") {
				m.Classes[c].In = append(m.Classes[c].In, g)
			}
		}
	}
	drawShares(t, m)
	return m
}

// drawShares draws what pods of one node take once, and where it is taken before.
func drawShares(t *rapid.T, m *model.Model) {
	for s := range rapid.IntRange(0, 2).Draw(t, "shares") {
		m.Shares = append(m.Shares, model.Share{Resource: rapid.IntRange(0, m.Resources-1).Draw(t, "shared resource"), Amount: rapid.Int64Range(1, 2).Draw(t, "shared")})
		for c := range m.Classes {
			if rapid.Bool().Draw(t, "takes the share") {
				m.Classes[c].Shares = append(m.Classes[c].Shares, s)
			}
		}
		for b := range m.Bins {
			if rapid.IntRange(0, 3).Draw(t, "held") == 3 {
				m.Bins[b].Held = append(m.Bins[b].Held, s)
			}
		}
	}
}

// Fillings calls f with every way to fill one node of bin b; f must not keep
// the counts.
func Fillings(m *model.Model, b int, f func(counts []model.Count)) {
	node := model.NewFilling(m)
	node.Empty(b)
	var try func(c int, counts []model.Count)
	try = func(c int, counts []model.Count) {
		if c == len(m.Classes) {
			if legal(m, b, counts) {
				f(counts)
			}
			return
		}
		try(c+1, counts)
		taken := int64(0)
		for n := int64(1); n <= m.MostOf(c, b) && node.Fit(c, 1) == 1; n++ {
			node.Take(c, 1)
			taken++
			try(c+1, append(counts, model.Count{Class: c, N: n}))
		}
		node.Take(c, -taken)
	}
	try(0, nil)
}

// legal says once more, without a Filling, whether bin b holds the counts.
func legal(m *model.Model, b int, counts []model.Count) bool {
	on := make([]int64, len(m.Classes))
	for _, n := range counts {
		on[n.Class] = n.N
	}
	return Node{b, on}.Stands(m)
}
