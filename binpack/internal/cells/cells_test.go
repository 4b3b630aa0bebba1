package cells_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// drawn are rules over domains and all that lives beside them.
var drawn = modeltest.Rules{Domains: true, There: true, Gangs: true, Levels: true}

// TestSplit: every solution of the split that places all its bundles is one of the
// unsplit model, at the same cost, that keeps all rules and gangs; and no class is asked for
// more pods than it has.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		if manifold(m) {
			return
		}
		keepsAllWhenFull(t, m, cells.New(m, nil))
	})
}

// keepsAllWhenFull looks at all solutions of the split that place all its bundles.
func keepsAllWhenFull(t *rapid.T, m *model.Model, split *cells.Split) {
	modeltest.Plans(split.Model, func(nodes []modeltest.Node) bool {
		s := modeltest.SolutionOf(nodes)
		if slices.ContainsFunc(s.Left(split.Model), func(n int64) bool { return n > 0 }) {
			return true
		}
		unsplit := split.Unsplit(s)
		require.NoError(t, unsplit.Check(m))
		require.Equal(t, s.Cost(split.Model), unsplit.Cost(m))
		keepsAll(t, m, unsplit)
		return true
	})
}

// TestSplitOfMany: the rules hold as well where cells get many bundles at once, and no
// pod is left that could join a cell.
func TestSplitOfMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{Domains: true, Roomy: true})
		if manifold(m) {
			return
		}
		for c := range m.Classes {
			m.Classes[c].Count *= rapid.Int64Range(1, 40).Draw(t, "times")
		}
		split := cells.New(m, nil)
		var s model.Solution
		for i, class := range split.Model.Classes {
			for b := range split.Model.Bins {
				if split.Model.Bins[b].Admits.Has(i) { // all on one launch, which is large enough
					s = append(s, model.Column{Bin: b, Times: 1, Counts: []model.Count{{Class: i, N: class.Count}}})
					break
				}
			}
		}
		unsplit := split.Unsplit(s)
		require.NoError(t, unsplit.Check(m))
		keepsAll(t, m, unsplit)
		if slices.ContainsFunc(m.Rules, func(r model.Rule) bool { return r.Kind == model.Together }) {
			return // who comes first may be late for a cell
		}
		for c, left := range unsplit.Left(m) {
			for b := range m.Bins {
				if left > 0 && m.Bins[b].Admits.Has(c) {
					rule, _ := append(slices.Clone(unsplit), model.Column{Bin: b, Times: 1, Counts: []model.Count{{Class: c, N: 1}}}).Broken(m)
					require.GreaterOrEqual(t, rule, 0, "one more of class %d could be on bin %d", c, b)
				}
			}
		}
	})
}

// manifold reports whether there are several rules that ask for company, one of them
// by node: bundles are made for that one, and a split's solution may have to be
// repaired for others.
func manifold(m *model.Model) bool {
	needs, byNode := 0, false
	for r := range m.Rules {
		if m.Rules[r].Kind == model.Together {
			needs++
			byNode = byNode || m.Rules[r].ByNode()
		}
	}
	return needs > 1 && byNode
}

// keepsAll asks who looks at nodes and pods one by one.
func keepsAll(t require.TestingT, m *model.Model, s model.Solution) {
	nodes := modeltest.NodesOf(m, s)
	require.Negative(t, modeltest.Breaks(m, nodes), "%+v of %+v", s, *m)
	require.True(t, modeltest.GangsWhole(m, nodes), "%+v of %+v", s, *m)
}

// TestRepair: whatever a solution of the split leaves, once it is repaired all rules
// and gangs hold; and nothing is taken out where they do already.
func TestRepair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		split := cells.New(m, nil)
		modeltest.Plans(split.Model, func(nodes []modeltest.Node) bool {
			s := modeltest.SolutionOf(nodes)
			repaired := split.Repair(s)
			require.NoError(t, repaired.Check(split.Model))
			for i, left := range repaired.Left(split.Model) {
				require.GreaterOrEqual(t, left, s.Left(split.Model)[i])
			}
			keepsAll(t, m, split.Unsplit(repaired))
			if rule, _ := split.Unsplit(s).Broken(m); rule < 0 && modeltest.GangsWhole(m, modeltest.NodesOf(m, split.Unsplit(s))) {
				require.Equal(t, s, repaired)
			}
			return true
		})
	})
}

// TestLearn: of a cell that has no room for its bundles the next split asks for no
// more than had room, and never for more of a class than there is.
func TestLearn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		split := cells.New(m, nil)
		s := fullest(split.Model)
		most, learnt := split.Learn(s, nil)
		again, more := split.Learn(s, most)
		require.Equal(t, learnt, more)
		require.Equal(t, most, again)
		if !learnt {
			require.Empty(t, most)
			return
		}
		next := cells.New(m, most)
		for _, known := range most {
			require.GreaterOrEqual(t, known, int64(0))
		}
		asked := make([]int64, len(m.Classes))
		for i := range next.Model.Classes {
			for _, n := range next.Unsplit(model.Solution{{Bin: 0, Times: next.Model.Classes[i].Count, Counts: []model.Count{{Class: i, N: 1}}}}) {
				for _, k := range n.Counts {
					asked[k.Class] += k.N * n.Times
				}
			}
		}
		for c := range asked {
			require.LessOrEqual(t, asked[c], m.Classes[c].Count)
		}
	})
}

// TestTrim: bundles that others are tied to, once left, are asked for no more, and the
// solution stays what it is.
func TestTrim(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		split := cells.New(m, nil)
		s := split.Repair(fullest(split.Model))
		before := split.Model
		trimmed := split.Trim(s)
		require.Equal(t, trimmed, before != split.Model)
		require.NoError(t, s.Check(split.Model))
		require.False(t, split.Trim(s), "once is enough")
		_, learnt := split.Learn(s, nil)
		require.False(t, learnt, "there is nothing more to learn")
		for i := range split.Model.Classes {
			require.LessOrEqual(t, split.Model.Classes[i].Count, before.Classes[i].Count)
		}
	})
}

// TestValues: the values of pods, as values of bundles and back.
func TestValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, drawn)
		worth := make([]float64, len(m.Classes))
		for c := range worth {
			worth[c] = float64(1 + c)
		}
		split := cells.New(m, nil)
		units := split.Values(worth)
		require.Len(t, units, len(split.Model.Classes))
		for c, v := range split.UnsplitValues(units, worth, len(m.Classes), func(class, _ int) int { return class }) {
			placed := float64(m.Classes[c].Count-unasked(split, m, c)) / float64(m.Classes[c].Count)
			require.InDelta(t, worth[c]*placed, v, 1e-9)
		}
	})
}

// unasked returns how many pods of a class the split does not ask for.
func unasked(split *cells.Split, m *model.Model, c int) int64 {
	all := model.Solution{}
	for i := range split.Model.Classes {
		all = append(all, model.Column{Times: split.Model.Classes[i].Count, Counts: []model.Count{{Class: i, N: 1}}})
	}
	return split.Unsplit(all).Left(m)[c]
}

// fullest returns a solution that leaves as few pods as any, without a look at rules
// over domains and gangs.
func fullest(m *model.Model) model.Solution {
	var best model.Solution
	least := m.ByLevel(best.Left(m))
	modeltest.Plans(m, func(nodes []modeltest.Node) bool {
		s := modeltest.SolutionOf(nodes)
		if left := m.ByLevel(s.Left(m)); slices.Compare(left, least) < 0 {
			best, least = s, left
		}
		return slices.ContainsFunc(least, func(n int64) bool { return n > 0 })
	})
	return best
}
