package bound

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLowered: one node of many holds a pod that is worth too much. Its value falls until
// the node holds no more for its price than the others.
func TestLowered(t *testing.T) {
	in := &Instance{Kinds: []Kind{{Count: 10, Requests: []int64{5, 5}}, {Count: 5000, Requests: []int64{3, 3}}}}
	for i := range int64(64) { // with one more there are enough that some may be exceptions
		in.Nodes = append(in.Nodes, Node{Price: 1100 * (2 + i), Capacity: []int64{6 * (2 + i), 6 * (2 + i)}, Admits: []bool{false, true}, Limit: Unlimited})
	}
	in.Nodes = append(in.Nodes, Node{Price: 1000, Capacity: []int64{5, 5}, Admits: []bool{true, true}, Limit: Unlimited})
	p, err := NewProgram(in)
	require.NoError(t, err)
	before, err := p.Add(context.Background(), []int64{1_000_000, 300_000})
	require.NoError(t, err)
	lowered := p.Lowered(before.Least)
	require.Len(t, lowered, 2)
	require.InDelta(t, 545_000, lowered[0], 1_000)
	require.EqualValues(t, 300_000, lowered[1])
	after, err := p.Add(context.Background(), lowered)
	require.NoError(t, err)
	require.Greater(t, after.Least, before.Least)
	require.Nil(t, p.Lowered(after.Least), "there is nothing to lower")
}
