package diving_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/work"
)

var thorough = colgen.Effort{Rounds: 1000, Ticks: 1 << 40, Level: colgen.Thorough}

func dive(m *model.Model, values []float64) model.Solution {
	d, x := diver(m, values)
	return d.Dive(nil, model.Solution{}.Left(m), model.Solution{}.Free(m), x, math.Inf(1), 1<<40)
}

func diver(m *model.Model, values []float64) (diving.Diver, colgen.Relaxed) {
	meter := work.NewMeter(context.Background(), -1)
	bins := m.Prune()
	g := colgen.New(m, bins, meter)
	x := g.Solve(model.Solution{}.Left(m), model.Solution{}.Free(m), values, thorough)
	packer := greedy.NewPacker(m, bins, meter)
	value, price := make([]int64, len(m.Classes)), make([]int64, len(m.Bins))
	for c := range value {
		value[c] = int64(values[c]) + 1
	}
	for b := range price {
		price[b] = m.Bins[b].Price
	}
	complete := func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
		demand = slices.Clone(demand)
		s := slices.Concat(fixed, packer.Pack(demand, slices.Clone(free), value, price))
		return s, sum(demand) == 0
	}
	better := func(a, b model.Solution) bool {
		x, y := sum(a.Left(m)), sum(b.Left(m))
		return x < y || x == y && a.Cost(m) < b.Cost(m)
	}
	return diving.Diver{Model: m, Generator: g, Meter: meter, Complete: complete, Better: better}, x
}

func sum(xs []int64) (n int64) {
	for _, x := range xs {
		n += x
	}
	return n
}

// TestDiveKeepsTheRules: whatever the caps, the solution is legal, and nothing
// is left that could still be launched.
func TestDiveKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.Draw(t)
		s := dive(m, make([]float64, len(m.Classes)))
		require.NoError(t, s.Check(m))
		if s == nil {
			return // nothing can be launched
		}
		free := s.Free(m)
		for c, n := range s.Left(m) {
			for b := range m.Bins {
				require.False(t, n > 0 && m.MostOf(c, b) > 0 && m.Launches(b, free, 1) == 1)
			}
		}
	})
}

// TestDiveFindsPerfectPairs: pods that fill nodes in pairs, a hundred of each
// kind, need a hundred nodes; by size alone they need more.
func TestDiveFindsPerfectPairs(t *testing.T) {
	m := &model.Model{Resources: 1, Bins: []model.Bin{{Price: 1000, Capacity: []int64{100}}}}
	values := make([]float64, 8)
	for i := range int64(4) {
		m.Classes = append(m.Classes, model.Class{Count: 25, Requests: []int64{53 + 3*i}}, model.Class{Count: 25, Requests: []int64{47 - 3*i}})
		values[2*i], values[2*i+1] = float64(10*(53+3*i)), float64(10*(47-3*i))
	}
	m.Bins[0].Admits = model.ClassesWhere(true, true, true, true, true, true, true, true)
	s := dive(m, values)
	require.NoError(t, s.Check(m))
	require.Zero(t, sum(s.Left(m)))
	require.Equal(t, int64(100*1000), s.Cost(m))
}

// TestAroundSavesNodes: of nodes that hold one pod each, those that are taken out
// are packed together.
func TestAroundSavesNodes(t *testing.T) {
	m := &model.Model{Resources: 1, Bins: []model.Bin{{Price: 1000, Capacity: []int64{10}, Admits: model.ClassesWhere(true, true)}},
		Classes: []model.Class{{Count: 8, Requests: []int64{4}}, {Count: 8, Requests: []int64{6}}}}
	d, x := diver(m, []float64{400, 600})
	s := model.Solution{{Bin: 0, Times: 8, Counts: []model.Count{{Class: 0, N: 1}}}, {Bin: 0, Times: 8, Counts: []model.Count{{Class: 1, N: 1}}}}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		if better := d.Around(s, x.Duals, 1_000_000, rng); better != nil {
			require.NoError(t, better.Check(m))
			require.Zero(t, sum(better.Left(m)))
			require.Less(t, better.Cost(m), s.Cost(m))
			s = better.Normal()
		}
	}
	require.Equal(t, int64(8000), s.Cost(m))
}
