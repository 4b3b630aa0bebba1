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

// some reports whether some pods that nodes hold, each one launched, are so.
func some(p *packing.Search, nodes []int, placed []int64, is func(placed []int64) bool) bool {
	if len(nodes) == 0 {
		return is(placed)
	}
	n := &p.Nodes[nodes[0]]
	var fill func(k int, room int64) bool
	fill = func(k int, room int64) bool {
		if k == len(p.Kinds) {
			return some(p, nodes[1:], placed, is)
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

// valued adds a cut: values of pods, what nodes hold of them, and what all that must be placed are worth.
func valued(t *rapid.T, p *packing.Search) {
	cut := packing.Cut{Least: -1}
	for range p.Kinds {
		cut.Values = append(cut.Values, rapid.Int64Range(0, 3).Draw(t, "value"))
	}
	worth := func(placed []int64) (sum int64) {
		for k, n := range placed {
			sum += n * cut.Values[k]
		}
		return sum
	}
	for _, n := range p.Nodes {
		most := int64(0)
		some(&packing.Search{Kinds: p.Kinds, Nodes: []packing.Node{n}, Spreads: p.Spreads, Left: p.Left}, []int{0}, make([]int64, len(p.Kinds)), func(placed []int64) bool {
			most = max(most, worth(placed))
			return false
		})
		cut.Most = append(cut.Most, most)
	}
	all := packing.Node{Capacity: []int64{1 << 20}, Admits: slices.Repeat([]bool{true}, len(p.Kinds))}
	some(&packing.Search{Kinds: p.Kinds, Nodes: []packing.Node{all, all}}, []int{0, 1}, make([]int64, len(p.Kinds)), func(placed []int64) bool {
		if obeys(p, placed) && (cut.Least < 0 || worth(placed) < cut.Least) {
			cut.Least = worth(placed)
		}
		return false
	})
	cut.Least = max(cut.Least, 0)
	p.Cuts = append(p.Cuts, cut)
}

// TestRules: launches are refuted where they hold no pods as the rules have them, and only there. What is found
// obeys them.
func TestRules(t *testing.T) {
	refuted := 0
	rapid.Check(t, func(t *rapid.T) {
		p, launches := ruled(t)
		var nodes []int
		for n, times := range launches {
			nodes = append(nodes, slices.Repeat([]int{n}, int(times))...)
		}
		exist := some(p, nodes, make([]int64, len(p.Kinds)), func(placed []int64) bool { return obeys(p, placed) })
		for range rapid.IntRange(0, 2).Draw(t, "cuts") {
			valued(t, p)
		}
		a := p.Ask(context.Background(), launches, ticks)
		require.Equal(t, exist, a.Found != nil)
		require.Equal(t, !exist, a.Refuted)
		if a.Refuted {
			refuted++
			return
		}
		placed := make([]int64, len(p.Kinds))
		for _, f := range a.Found {
			require.Positive(t, slices.Max(f.Counts))
			for k, n := range f.Counts {
				placed[k] += f.Times * n
			}
		}
		require.True(t, obeys(p, placed))
	})
	require.True(t, testing.Short() || refuted > 0)
}
