package model

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// TestClassSet: a set is the same, whether its classes are listed or not.
func TestClassSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "classes")
		oneIn := rapid.IntRange(1, 40).Draw(t, "one in")
		draw := func(name string) []bool {
			out := make([]bool, n)
			for c := range out {
				out[c] = rapid.IntRange(1, oneIn).Draw(t, name) == 1
			}
			return out
		}
		is, other := draw("is"), draw("other")
		set, second := ClassesWhere(slices.Clone(is)...), ClassesWhere(other...)
		some := slices.Collect(set.All())
		again := Classes(n, some)
		require.Equal(t, set.dense == nil, again.dense == nil)
		require.Equal(t, is, again.Bools(n))
		includes := true
		for c := range is {
			require.Equal(t, is[c], set.Has(c))
			require.Equal(t, is[c], slices.Contains(some, c))
			includes = includes && (is[c] || !other[c])
		}
		require.Equal(t, includes, set.includes(&second))
		require.Equal(t, len(some) == 0, set.Empty())
		both := set.Where(n, second.Has)
		for c := range is {
			require.Equal(t, is[c] && other[c], both.Has(c))
		}
		picked := set.Renumbered([]int{n - 1})
		require.Equal(t, is[n-1], picked.Has(0))
	})
}
