package dominance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/dominance"
)

func TestNoLess(t *testing.T) {
	require.True(t, dominance.NoLess([]int64{2, 3}, []int64{2, 1}))
	require.False(t, dominance.NoLess([]int64{2, 3}, []int64{2, 4}))
	require.True(t, dominance.NoLess(nil, nil))
}

func TestAdmitsAll(t *testing.T) {
	require.True(t, dominance.AdmitsAll([]bool{true, true, false}, []bool{true, false, false}))
	require.False(t, dominance.AdmitsAll([]bool{true, false}, []bool{true, true}))
}

func TestUsesNoMore(t *testing.T) {
	use := func(cap int, amount int64) dominance.Use { return dominance.Use{Cap: cap, Amount: amount} }
	for name, test := range map[string]struct {
		a, b []dominance.Use
		want bool
	}{
		"of nothing":       {nil, nil, true},
		"of no cap":        {nil, []dominance.Use{use(0, 1)}, true},
		"of another cap":   {[]dominance.Use{use(1, 1)}, []dominance.Use{use(0, 1)}, false},
		"less":             {[]dominance.Use{use(1, 1)}, []dominance.Use{use(0, 1), use(1, 2)}, true},
		"more":             {[]dominance.Use{use(1, 3)}, []dominance.Use{use(0, 1), use(1, 2)}, false},
		"less but of more": {[]dominance.Use{use(0, 1), use(1, 1)}, []dominance.Use{use(1, 2)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, dominance.UsesNoMore(test.a, test.b))
			var index dominance.Index
			index.Add(7, test.a)
			found := index.Some(test.b, func(i int) bool { return i == 7 })
			require.True(t, found || !test.want)
			require.False(t, found && name == "of another cap")
		})
	}
}
