package packing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/packing"
	"github.com/stowage/stowage/binpack/internal/spread"
	_ "github.com/stowage/stowage/internal/seed"
)

// ruled returns a small packing of spreads over two domains, which may keep apart, with pods that may be left, and
// launches of its nodes.
func ruled(t *rapid.T) (*packing.Search, []int64) {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	p := &packing.Search{Left: []int64{small("left", 0, 2)}}
	for i := range small("spreads", 1, 2) {
		s := spread.Spread{Count: small("count", 1, 4), Skew: small("skew", 1, 2), Sparse: small("sparse", 0, 1) > 0}
		request := small("request", 0, 3)
		for range 2 {
			s.Before = append(s.Before, small("before", 0, 1))
		}
		s.Count -= s.Surplus()
		p.Spreads = append(p.Spreads, s)
		for d := range 2 {
			if most := s.Most()[d]; most > 0 {
				p.Kinds = append(p.Kinds, packing.Kind{Count: most, PerNode: 3, Requests: []int64{request}, Spread: int(i) + 1, Domain: d})
			}
		}
	}
	p.Kinds = append(p.Kinds, packing.Kind{Count: small("count", 1, 2), PerNode: 3, Requests: []int64{small("request", 0, 3)}})
	if len(p.Spreads) > 1 && small("apart", 0, 1) > 0 {
		p.Aparts = []spread.Apart{{Spreads: []int{0, 1}, Domains: [][]int{{0, 1}, {0, 1}}, Pairs: [][2]int{{0, 1}}}}
	}
	var launches []int64
	for d := range 2 {
		n := packing.Node{Capacity: []int64{small("capacity", 0, 6)}}
		for _, k := range p.Kinds {
			n.Admits = append(n.Admits, k.Spread == 0 || k.Domain == d)
		}
		p.Nodes, launches = append(p.Nodes, n), append(launches, small("launches", 0, 2))
	}
	return p, launches
}

// obeys reports whether pods of each kind, as many as these, are all that must be placed, as the rules have them.
func obeys(p *packing.Search, placed []int64) bool {
	asked, all := int64(0), int64(0)
	in := make([][]int64, len(p.Spreads))
	for i, s := range p.Spreads {
		in[i], asked = make([]int64, len(s.Before)), asked+s.Count
	}
	for k, kind := range p.Kinds {
		if all += placed[k]; kind.Spread == 0 {
			asked += kind.Count
		} else {
			in[kind.Spread-1][kind.Domain] = placed[k]
		}
	}
	for i, s := range p.Spreads {
		sum, fewest := int64(0), int64(0)
		for d, n := range in[i] {
			if sum += n; d == 0 || n+s.Before[d] < fewest {
				fewest = n + s.Before[d]
			}
		}
		if sum > s.Count {
			return false
		}
		for d, n := range in[i] {
			if s.Sparse {
				fewest = 0
			}
			if n > 0 && n+s.Before[d] > s.Skew+fewest {
				return false
			}
		}
	}
	for _, a := range p.Aparts {
		for d := range 2 {
			if in[a.Spreads[0]][d] > 0 && in[a.Spreads[1]][d] > 0 {
				return false
			}
		}
	}
	return asked-all <= p.Left[0]
}

// some reports whether nodes, each one launched, hold pods as the rules have them.
func some(p *packing.Search, nodes []int, placed []int64) bool {
	if len(nodes) == 0 {
		return obeys(p, placed)
	}
	n := &p.Nodes[nodes[0]]
	var fill func(k int, room int64) bool
	fill = func(k int, room int64) bool {
		if k == len(p.Kinds) {
			return some(p, nodes[1:], placed)
		}
		kind := &p.Kinds[k]
		for own := int64(0); own <= min(kind.PerNode, kind.Count-placed[k]) && own*kind.Requests[0] <= room && (own == 0 || n.Admits[k]); own++ {
			placed[k] += own
			found := fill(k+1, room-own*kind.Requests[0])
			placed[k] -= own
			if found {
				return true
			}
		}
		return false
	}
	return fill(0, n.Capacity[0])
}

// TestRules: launches are refuted where they hold no pods as the rules have them, and only there. What is found
// obeys them, but for what is not linear: of a domain that pods are before in.
func TestRules(t *testing.T) {
	refuted := 0
	rapid.Check(t, func(t *rapid.T) {
		p, launches := ruled(t)
		var nodes []int
		for n, times := range launches {
			nodes = append(nodes, slices.Repeat([]int{n}, int(times))...)
		}
		exist := some(p, nodes, make([]int64, len(p.Kinds)))
		a := p.Ask(context.Background(), launches, ticks)
		require.False(t, exist && a.Refuted)
		before := slices.ContainsFunc(p.Spreads, func(s spread.Spread) bool { return slices.Max(s.Before) > 0 })
		if before {
			return
		}
		require.Equal(t, exist, a.Found != nil)
		require.Equal(t, !exist, a.Refuted)
		if a.Refuted {
			refuted++
			return
		}
		placed := make([]int64, len(p.Kinds))
		for _, f := range a.Found {
			for k, n := range f.Counts {
				placed[k] += f.Times * n
			}
		}
		require.True(t, obeys(p, placed))
	})
	require.True(t, testing.Short() || refuted > 0)
}
