package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestFitBesideThose: a node takes a pod beside those that are there before and
// those that came, as far as room and groups allow for all of them together; and
// what it takes so is what Check accepts.
func TestFitBesideThose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{There: true})
		filling := NewFilling(m)
		modeltest.Plans(m, func(nodes []modeltest.Node) bool {
			require.NoError(t, modeltest.SolutionOf(nodes).Check(m))
			for _, n := range nodes {
				filling.Empty(n.Bin)
				for c, k := range n.On {
					filling.Take(c, k)
				}
				for c := range m.Classes {
					if m.Bins[n.Bin].Admits.Has(c) {
						require.Equal(t, plus(n, c).Stands(m), filling.Fit(c, 1) == 1, "one more of class %d on %+v", c, n)
					}
				}
			}
			return true
		})
	})
}

// TestMostOf: as many pods of one class as an empty bin takes, one after the other.
func TestMostOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{There: true})
		for b := range m.Bins {
			for c := range m.Classes {
				most, n := int64(0), modeltest.Node{Bin: b, On: make([]int64, len(m.Classes))}
				for n = plus(n, c); most < m.Classes[c].Count && n.Stands(m); n = plus(n, c) {
					most++
				}
				require.Equal(t, most, m.MostOf(c, b), "class %d, bin %d", c, b)
			}
		}
	})
}

func plus(n modeltest.Node, c int) modeltest.Node {
	on := append([]int64(nil), n.On...)
	on[c]++
	return modeltest.Node{Bin: n.Bin, On: on}
}

// TestThere: what is on an existing node, as groups see it. Of the group there may
// be one member; class 0 is one and owns it, class 1 is one, class 2 owns it.
func TestThere(t *testing.T) {
	for name, tt := range map[string]struct {
		there         Resident
		both, in, own int64
	}{
		"nothing":                           {Resident{}, 1, 9, 9},
		"a member":                          {Resident{Members: 1}, 0, 9, 9},
		"an owner that is none":             {Resident{Owners: 1}, 1, 1, 9},
		"an owner that is one":              {Resident{Owners: 1, Members: 1}, 0, 0, 9},
		"more than there may be":            {Resident{Members: 2}, 0, 9, 0},
		"more than there may be, and owned": {Resident{Owners: 1, Members: 2}, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Model{
				Groups:  []Group{{Most: 1}},
				Classes: []Class{{Count: 9, Owns: []int{0}, In: []int{0}}, {Count: 9, In: []int{0}}, {Count: 9, Owns: []int{0}}},
				Bins:    []Bin{{Admits: ClassesWhere(true, true, true), Residents: []Resident{tt.there}}},
			}
			require.Equal(t, []int64{tt.both, tt.in, tt.own}, []int64{m.MostOf(0, 0), m.MostOf(1, 0), m.MostOf(2, 0)})
		})
	}
}

// TestCountsTwice: a pod that stands for two members takes the room of two.
func TestCountsTwice(t *testing.T) {
	m := &Model{Groups: []Group{{Most: 3}}, Classes: []Class{{Count: 9, Owns: []int{0}, In: []int{0, 0}}, {Count: 9, In: []int{0}}}, Bins: []Bin{{Admits: ClassesWhere(true, true)}}}
	require.Equal(t, int64(1), m.MostOf(0, 0))
	node := NewFilling(m)
	node.Empty(0)
	node.Take(0, 1)
	require.Equal(t, int64(1), node.Fit(1, 9))
	require.Equal(t, int64(0), node.Fit(0, 9))
}
