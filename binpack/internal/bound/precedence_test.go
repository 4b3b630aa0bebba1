package bound

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCasesLeaveWhatTheyBar: where one pod may be left, and a branch bars all nodes from a
// pod, that is the one, and the other must be placed.
func TestCasesLeaveWhatTheyBar(t *testing.T) {
	in := &Instance{
		Kinds: []Kind{{Count: 1, Values: []int64{10}, Requests: []int64{5}}, {Count: 1, Values: []int64{1}, Requests: []int64{1}}},
		Nodes: []Node{
			{Price: 3, Capacity: []int64{1}, Admits: []bool{false, true}, Limit: Unlimited, Uses: []Use{{Cap: 0, Amount: 1}}},
			{Price: 6, Capacity: []int64{5}, Admits: []bool{true, true}, Limit: Unlimited, Rank: 1},
		},
		Caps:        []int64{1},
		Precedences: []Precedence{{Next: [][]Use{{{Cap: 0, Amount: 2}}, {{Cap: 0, Amount: 1}}}}},
	}
	for left, want := range map[int64]int64{0: 9, 1: 3, 2: 0} {
		in.Left = []int64{left}
		price, err := Evaluate(context.Background(), in, 100, math.MaxInt64)
		require.NoError(t, err)
		require.Equal(t, LowerBound{Least: want}, price, "%d may be left", left)
	}
}
