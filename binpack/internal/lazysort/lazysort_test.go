package lazysort_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/lazysort"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestAllSorts: however many are asked for, they are the first of the sorted list.
func TestAllSorts(t *testing.T) {
	type element struct{ key, number int }
	compare := func(a, b element) int { return cmp.Compare(a.key, b.key) }
	rapid.Check(t, func(t *rapid.T) {
		var list []element
		for i, key := range rapid.SliceOf(rapid.IntRange(0, 9)).Draw(t, "keys") {
			list = append(list, element{key, i})
		}
		want := slices.SortedStableFunc(slices.Values(list), compare)
		sorted := lazysort.Of(list, compare)
		for range 3 { // it goes on from where it was left
			asked := rapid.IntRange(0, len(list)).Draw(t, "asked")
			got := []element{}
			for e := range sorted.All() {
				if len(got) == asked {
					break
				}
				got = append(got, e)
			}
			require.Equal(t, append([]element{}, want[:asked]...), got)
		}
	})
}
