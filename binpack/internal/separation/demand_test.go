package separation_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/separation"
	"github.com/stowage/stowage/binpack/internal/spread"
	"github.com/stowage/stowage/binpack/internal/work"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestDemandAgainstEnumeration: whichever domains pods choose, and whichever are left, launches that are
// cut off hold less than they are worth.
func TestDemandAgainstEnumeration(t *testing.T) {
	cut := 0
	rapid.Check(t, func(t *rapid.T) {
		m, bins := drawModel(t)
		demand := drawDemand(t, m)
		launches := rapid.SliceOfN(rapid.Int64Range(0, 3), len(bins), len(bins)).Draw(t, "launches")
		weight := slices.Repeat([]float64{1}, len(m.Classes))
		s := separation.New(m, bins, demand, work.NewMeter(context.Background(), -1))
		values := s.Values(launches, weight, 1<<40)
		if values == nil {
			return
		}
		cut++
		held := 0.0
		for i, b := range bins {
			held += mostHeld(m, b, values) * float64(launches[i])
		}
		require.Greater(t, leastAsked(m, &demand, values), held*(1-1e-9)-1e-9)
	})
	require.Positive(t, cut)
}

// TestWorthIsABound: no launches at their prices that hold all pods, whichever domains these choose, cost
// less than values by Worth say.
func TestWorthIsABound(t *testing.T) {
	m := &model.Model{Resources: 1,
		Classes: []model.Class{{Count: 3, Requests: []int64{5}}, {Count: 3, Requests: []int64{5}}},
		Bins: []model.Bin{
			{Price: 10, Capacity: []int64{10}, Admits: model.ClassesWhere(true, false)},
			{Price: 20, Capacity: []int64{10}, Admits: model.ClassesWhere(false, true)}}}
	of := separation.Group{Classes: []int{0, 1}, Spread: spread.Spread{Count: 3, Before: []int64{0, 0}, Skew: 1}}
	s := separation.New(m, []int{0, 1}, separation.Demand{Groups: []separation.Group{of}}, work.NewMeter(context.Background(), -1))
	values := s.Worth(25, 1<<40)
	least, _ := of.Spread.Least([]int64{int64(values[0]), int64(values[1])})
	require.InDelta(t, 20, float64(least)*25/1e6, 0.01, "two at 5, one at 10")
}

// TestWorthKeepsApart: two pods that are not both in the cheaper domain.
func TestWorthKeepsApart(t *testing.T) {
	bin := func(price int64, admits ...bool) model.Bin {
		return model.Bin{Price: price, Capacity: []int64{1}, Admits: model.ClassesWhere(admits...)}
	}
	m := &model.Model{Resources: 1, Classes: slices.Repeat([]model.Class{{Count: 1, Requests: []int64{1}}}, 4),
		Bins: []model.Bin{bin(10, true, false, true, false), bin(20, false, true, false, true)}}
	one := spread.Spread{Count: 1, Before: []int64{0, 0}, Skew: 1, Sparse: true}
	demand := separation.Demand{Groups: []separation.Group{{Classes: []int{0, 1}, Spread: one}, {Classes: []int{2, 3}, Spread: one}}, Apart: [][2]int{{0, 2}, {1, 3}}}
	s := separation.New(m, []int{0, 1}, demand, work.NewMeter(context.Background(), -1))
	worth := s.Worth(30, 1<<40)
	values := [][]int64{{int64(worth[0]), int64(worth[1])}, {int64(worth[2]), int64(worth[3])}}
	apart := spread.Apart{Spreads: []int{0, 1}, Domains: [][]int{{0, 1}, {0, 1}}, Pairs: [][2]int{{0, 1}}}
	least, ok := apart.Least([]spread.Spread{one, one}, values, 0)
	require.True(t, ok)
	require.InDelta(t, 30, float64(least)*30/1e6, 0.01)
	require.Nil(t, s.Values([]int64{1, 1}, []float64{1, 1, 1, 1}, 1<<40))
	require.NotNil(t, s.Values([]int64{2, 0}, []float64{1, 1, 1, 1}, 1<<40))
}

// drawDemand draws which classes are parts of one, in two domains.
func drawDemand(t *rapid.T, m *model.Model) separation.Demand {
	d := separation.Demand{Left: []int64{rapid.Int64Range(0, 2).Draw(t, "left")}}
	for c := range m.Classes {
		m.Classes[c].Level = 0
	}
	for c := 0; c+1 < len(m.Classes) && len(d.Groups) < rapid.IntRange(1, 2).Draw(t, "groups"); c += 2 {
		s := spread.Spread{Count: rapid.Int64Range(1, 4).Draw(t, "count"), Skew: rapid.Int64Range(1, 3).Draw(t, "skew"), Sparse: rapid.Bool().Draw(t, "sparse"),
			Before: rapid.SliceOfN(rapid.Int64Range(0, 2), 2, 2).Draw(t, "before")}
		s.Count -= s.Surplus()
		if _, in := s.Least([]int64{1, 1}); in == nil {
			t.Skip("no way to spread them")
		}
		for i, n := range s.Most() {
			m.Classes[c+i].Count = n
		}
		d.Groups = append(d.Groups, separation.Group{Classes: []int{c, c + 1}, Spread: s})
	}
	if len(d.Groups) == 2 && rapid.Bool().Draw(t, "apart") {
		d.Apart = [][2]int{{0, 2}, {1, 3}}
	}
	return d
}

// leastAsked returns the least value of pods that must find room.
func leastAsked(m *model.Model, d *separation.Demand, values []float64) float64 {
	grouped := make([]bool, len(m.Classes))
	for _, g := range d.Groups {
		for _, c := range g.Classes {
			grouped[c] = true
		}
	}
	least := math.Inf(1)
	in := make([]int64, len(m.Classes))
	var choose func(g int, left int64)
	choose = func(g int, left int64) {
		if g < len(d.Groups) {
			s, of := &d.Groups[g].Spread, d.Groups[g].Classes
			for a := range s.Count + 1 {
				for b := max(0, s.Count-a-left); b <= s.Count-a; b++ {
					in[of[0]], in[of[1]] = a, b
					if allows(s, a, b) {
						choose(g+1, left-(s.Count-a-b))
					}
				}
			}
			return
		}
		if slices.ContainsFunc(d.Apart, func(p [2]int) bool { return in[p[0]] > 0 && in[p[1]] > 0 }) {
			return
		}
		sum, single := 0.0, []float64(nil) // values of pods without a choice, one by one
		for c, v := range values {
			sum += v * float64(in[c])
			if !grouped[c] {
				single = append(single, slices.Repeat([]float64{v}, int(m.Classes[c].Count))...)
			}
		}
		slices.Sort(single)
		for _, v := range single[:max(0, len(single)-int(left))] {
			sum += v
		}
		least = min(least, sum)
	}
	choose(0, d.Left[0])
	return least
}

// allows reports whether a rule allows a and b pods in its two domains.
func allows(s *spread.Spread, a, b int64) bool {
	fewest := min(a+s.Before[0], b+s.Before[1])
	if s.Sparse {
		fewest = 0
	}
	return (a == 0 || a+s.Before[0] <= s.Skew+fewest) && (b == 0 || b+s.Before[1] <= s.Skew+fewest)
}
