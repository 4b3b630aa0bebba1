package ties_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/ties"
)

func TestTies(t *testing.T) {
	of := ties.Of(7)
	for _, pair := range [][2]int{{0, 2}, {4, 2}, {5, 6}, {6, 5}, {4, 0}} {
		of.Tie(pair[0], pair[1])
	}
	for _, same := range [][]int{{0, 2, 4}, {5, 6}} {
		for _, i := range same {
			require.Equal(t, of.Root(same[0]), of.Root(i))
		}
	}
	roots := map[int]bool{}
	for i := range 7 {
		roots[of.Root(i)] = true
	}
	require.Len(t, roots, 4, "1 and 3 are alone")
}
