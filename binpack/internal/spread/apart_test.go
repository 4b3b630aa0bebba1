package spread_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/spread"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestApart: no way to put pods into domains leaves fewer than Fewest, or leaves as few as
// allowed and is worth less than Least; without rules but Pairs some way is.
func TestApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		domains := rapid.IntRange(1, 3).Draw(t, "domains")
		n := rapid.IntRange(1, 3).Draw(t, "spreads")
		var a spread.Apart
		var list []spread.Spread
		var values [][]int64
		exact := true // by what counts for pairs alone
		for range n {
			s := spread.Spread{Count: rapid.Int64Range(0, 3).Draw(t, "count"), Skew: rapid.Int64Range(1, 3).Draw(t, "skew"), Sparse: rapid.Bool().Draw(t, "sparse")}
			exact = exact && s.Sparse
			var of []int64
			var at []int
			for d := range domains {
				s.Before = append(s.Before, rapid.Int64Range(0, 2).Draw(t, "before"))
				of, at = append(of, rapid.Int64Range(0, 9).Draw(t, "value")), append(at, d)
				if rapid.IntRange(0, 5).Draw(t, "closed") == 0 {
					at[d] = -1
				}
			}
			s.Count -= s.Surplus()
			a.Spreads, list = append(a.Spreads, len(list)), append(list, s)
			a.Domains, values = append(a.Domains, at), append(values, of)
		}
		for i := range n {
			for k := range i {
				if rapid.Bool().Draw(t, "apart") {
					a.Pairs = append(a.Pairs, [2]int{k, i})
				}
			}
		}
		left := rapid.Int64Range(0, 9).Draw(t, "left")
		fewest, least := int64(math.MaxInt64), int64(math.MaxInt64)
		in := make([][]int64, n)
		var try func(i, d int, worth, without int64)
		try = func(i, d int, worth, without int64) {
			if i == n {
				for _, p := range a.Pairs {
					for e := range domains {
						if in[p[0]][e] > 0 && in[p[1]][e] > 0 {
							return
						}
					}
				}
				fewest = min(fewest, without)
				if without <= left {
					least = min(least, worth)
				}
				return
			}
			if d == 0 {
				in[i] = make([]int64, domains)
				without += list[i].Count
			}
			if d == domains {
				least := int64(math.MaxInt64)
				for e, k := range in[i] {
					least = min(least, k+list[i].Before[e])
				}
				if list[i].Sparse {
					least = 0
				}
				for e, k := range in[i] {
					if k > 0 && k+list[i].Before[e] > list[i].Skew+least {
						return
					}
				}
				try(i+1, 0, worth, without)
				return
			}
			placed := int64(0)
			for _, k := range in[i][:d] {
				placed += k
			}
			for k := range list[i].Count - placed + 1 {
				if k > 0 && a.Domains[i][d] < 0 {
					break
				}
				in[i][d] = k
				try(i, d+1, worth+k*values[i][d], without-k)
			}
			in[i][d] = 0
		}
		try(0, 0, 0, 0)
		require.NoError(t, spread.CheckAparts([]spread.Apart{a}, list))
		got, ok := a.Fewest(list)
		require.True(t, ok)
		require.LessOrEqual(t, got, fewest)
		value, ok := a.Least(list, values, left)
		if ok {
			require.LessOrEqual(t, value, least)
		}
		if exact {
			require.Equal(t, fewest, got)
			require.Equal(t, fewest <= left, ok)
		}
		if exact && ok {
			require.Equal(t, least, value)
		}
	})
}

// TestApartTooLarge: what would take too long is said to.
func TestApartTooLarge(t *testing.T) {
	var a spread.Apart
	var list []spread.Spread
	for i := range 60 {
		a.Spreads, list = append(a.Spreads, i), append(list, spread.Spread{Count: 3, Before: make([]int64, 5), Skew: 1, Sparse: true})
		a.Domains = append(a.Domains, []int{0, 1, 2, 3, 4})
		for k := range i {
			if (i*7+k*3)%4 == 0 {
				a.Pairs = append(a.Pairs, [2]int{k, i})
			}
		}
	}
	_, ok := a.Fewest(list)
	require.False(t, ok)
	a.Domains[0][0] = 100
	_, ok = a.Fewest(list)
	require.False(t, ok)
}

// TestCheckAparts: an Apart that does not go with the list is told from one that does.
func TestCheckAparts(t *testing.T) {
	list := []spread.Spread{{Before: []int64{0, 0}}, {Before: []int64{0}}}
	good := spread.Apart{Spreads: []int{1, 0}, Domains: [][]int{{0}, {0, 1}}, Pairs: [][2]int{{0, 1}}}
	require.NoError(t, spread.CheckAparts([]spread.Apart{good}, list))
	require.Error(t, spread.CheckAparts([]spread.Apart{good, good}, list))
	require.Equal(t, spread.Apart{Spreads: []int{0}, Domains: [][]int{{0, 1}}}, good.Without(func(s int) bool { return s == 1 }))
	for name, spoil := range map[string]func(*spread.Apart){
		"no such spread":  func(a *spread.Apart) { a.Spreads[0] = 2 },
		"a spread twice":  func(a *spread.Apart) { a.Spreads[0], a.Domains[0] = 0, []int{0, 1} },
		"other domains":   func(a *spread.Apart) { a.Domains[0] = []int{0, 1} },
		"too few domains": func(a *spread.Apart) { a.Domains = a.Domains[:1] },
		"no such place":   func(a *spread.Apart) { a.Pairs[0] = [2]int{0, 2} },
		"a pair of one":   func(a *spread.Apart) { a.Pairs[0] = [2]int{1, 1} },
	} {
		bad := spread.Apart{Spreads: []int{1, 0}, Domains: [][]int{{0}, {0, 1}}, Pairs: [][2]int{{0, 1}}}
		spoil(&bad)
		require.Error(t, spread.CheckAparts([]spread.Apart{bad}, list), name)
	}
}
