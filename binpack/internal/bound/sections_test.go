package bound

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// beside returns instances as one, whose kinds and nodes have nothing to do with each other.
func beside(all ...*Instance) *Instance {
	out, kinds := &Instance{}, 0
	for _, in := range all {
		kinds += len(in.Kinds)
	}
	first := 0
	for _, in := range all {
		for _, n := range in.Nodes {
			admits := make([]bool, kinds)
			copy(admits[first:], n.Admits)
			n.Admits = admits
			n.Uses = slices.Clone(n.Uses)
			for i := range n.Uses {
				n.Uses[i].Cap += len(out.Caps)
			}
			out.Nodes = append(out.Nodes, n)
		}
		out.Kinds, out.Caps = append(out.Kinds, in.Kinds...), append(out.Caps, in.Caps...)
		first += len(in.Kinds)
	}
	return out
}

// TestSections: each section has whole nodes of its own, which a cut over all does not see.
func TestSections(t *testing.T) {
	one, tied := evaluated(t, inflate(20)).Least, beside(inflate(20), inflate(20), inflate(20))
	require.Equal(t, 3*one, evaluated(t, tied).Least)
	tied.Nodes = append(tied.Nodes, Node{Price: 1000, Capacity: []int64{1}, Admits: []bool{true, true, true}, Limit: Unlimited})
	require.Less(t, evaluated(t, tied).Least, 3*one, "they are one")
}

// TestSectionsWithinCaps: a cap that two sections share makes them one, and so do pods that
// either may leave.
func TestSectionsWithinCaps(t *testing.T) {
	capped := func() *Instance {
		in := inflate(14)
		in.Caps = []int64{1}
		for b := range in.Nodes[:3] {
			in.Nodes[b].Uses = []Use{{Cap: 0, Amount: 1}}
		}
		return in
	}
	apart := beside(capped(), capped())
	require.Equal(t, int64(126+126), evaluated(t, apart).Least)
	for b := range apart.Nodes {
		for i := range apart.Nodes[b].Uses {
			apart.Nodes[b].Uses[i].Cap = 0
		}
	}
	together := evaluated(t, apart).Least
	require.Greater(t, together, int64(126+126))
	require.LessOrEqual(t, together, int64(126+2*192), "a plan")

	left := beside(inflate(4), inflate(4))
	left.Left = []int64{1}
	require.Equal(t, int64(96+85), evaluated(t, left).Least, "one of either section")
}

// TestSectionsProgram: the program of sections says of the nodes and cuts as given what one
// without them does.
func TestSectionsProgram(t *testing.T) {
	in := beside(inflate(15), inflate(5), inflate(7))
	p, err := NewProgram(in)
	require.NoError(t, err)
	require.True(t, p.OneKindEach())
	for _, values := range [][]int64{{0, 7, 7}, {3, 0, 1}, {0, 0, 1}} {
		_, err := p.Add(context.Background(), values)
		require.NoError(t, err)
	}
	require.Equal(t, 3, p.Cuts())
	a := p.Solve(context.Background(), nil, 100, math.MaxInt64)
	require.Equal(t, int64(211+96+126), a.Least)
	require.Equal(t, []int{0, 1}, a.Carried)
	require.Equal(t, a.Least, p.Only(a.Carried).Solve(context.Background(), nil, 100, math.MaxInt64).Least)
	require.True(t, p.Meets(a.Nodes))
	a.Nodes[slices.Index(a.Nodes, int64(1))]--
	first := p.Only([]int{0})
	require.False(t, first.Meets(a.Nodes) && p.Only([]int{1}).Meets(a.Nodes))

	_, err = p.Add(context.Background(), []int64{1})
	require.Error(t, err)
	require.Equal(t, 3, p.Cuts())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Add(ended, []int64{1, 1, 1})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, p.Cuts())
}
