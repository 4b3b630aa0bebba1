package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

func drawLaunches(t *rapid.T) []binpack.Launch {
	var out []binpack.Launch
	for i := range rapid.IntRange(0, 5).Draw(t, "launches") {
		out = append(out, binpack.Launch{Count: rapid.IntRange(0, 4).Draw(t, "count"), Price: catalog.Price(i)})
	}
	return out
}

// TestCut: the two parts are the nodes of the list in their order, and the list is as it
// was.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawLaunches(t)
		before, nodes := fold.Unfold(list), nodesIn(list)
		n := rapid.IntRange(0, nodes+1).Draw(t, "n")
		first, rest := cut(list, n)
		require.Equal(t, min(n, nodes), nodesIn(first))
		require.Equal(t, nodes, nodesIn(first)+nodesIn(rest))
		require.Equal(t, costOf(list), costOf(first)+costOf(rest))
		_ = append(first, binpack.Launch{Pool: "must not land in the list"})
		require.Equal(t, before, append(fold.Unfold(first), fold.Unfold(rest)...))
		require.Equal(t, before, fold.Unfold(list))
	})
}

// TestSingle: one node of the list is a launch of its own, and no node is another.
func TestSingle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := append(drawLaunches(t), binpack.Launch{Count: 3, Price: 9})
		before := fold.Unfold(list)
		n := rapid.IntRange(0, len(before)-1).Draw(t, "n")
		list, i := single(list, n)
		require.Equal(t, 1, list[i].Nodes())
		require.Equal(t, n, nodesIn(list[:i]))
		require.Equal(t, before, fold.Unfold(list))
	})
}

func TestHolding(t *testing.T) {
	web, db := &corev1.Pod{}, &corev1.Pod{}
	left := map[*corev1.Pod]int{web: 7, db: 2}
	of := func(pod *corev1.Pod, n int) binpack.Placement { return binpack.Placement{Pod: pod, Count: n} }
	for _, tt := range []struct {
		want int
		pods []binpack.Placement
	}{
		{3, []binpack.Placement{of(web, 2)}},
		{2, []binpack.Placement{of(web, 2), of(db, 1)}},
		{1, []binpack.Placement{of(web, 2), of(web, 2)}},
		{0, []binpack.Placement{of(web, 4), of(web, 4)}},
		{0, []binpack.Placement{of(db, 3)}},
		{0, []binpack.Placement{of(web, 0)}},
		{0, []binpack.Placement{of(&corev1.Pod{}, 1)}},
	} {
		require.Equal(t, tt.want, holding(left, tt.pods))
	}
	require.False(t, take(left, []binpack.Placement{of(web, 2)}, 4))
	require.True(t, take(left, []binpack.Placement{of(web, 2)}, 3))
	require.Equal(t, map[*corev1.Pod]int{web: 1, db: 2}, left)
}
