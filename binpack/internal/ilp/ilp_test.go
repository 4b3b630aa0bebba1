package ilp_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/ilp"
	_ "github.com/stowage/stowage/internal/seed"
)

// draw draws a program that brute can enumerate.
func draw(t *rapid.T) *ilp.Branching {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	b := &ilp.Branching{}
	for range small("rows", 1, 3) {
		b.Values = append(b.Values, small("value", 1, 30))
	}
	for range small("caps", 0, 2) {
		b.Caps = append(b.Caps, small("cap", 0, 6))
	}
	for i := range small("options", 1, 4) {
		o := ilp.Option{Number: int(i), Price: small("price", 1, 20)}
		for range b.Values {
			o.Gains = append(o.Gains, small("gain", 0, 12))
		}
		for k := range b.Caps {
			if use := small("use", 0, 3); use > 0 {
				o.Uses = append(o.Uses, dominance.Use{Cap: k, Amount: use})
			}
		}
		limit := small("limit", 0, 5)
		for _, u := range o.Uses {
			limit = min(limit, b.Caps[u.Cap]/u.Amount)
		}
		o.Most = o.Needed(b.Values, limit)
		o.Limited = limit <= o.Most
		b.Options = append(b.Options, o)
	}
	for range small("groups", 0, 2) {
		group := make([]int64, len(b.Options))
		for i := range group {
			group[i] = small("weight", 0, 3)
		}
		group[small("member", 0, int64(len(group)-1))] = 1
		b.Groups = append(b.Groups, group)
	}
	return b
}

// brute returns the least price of launches of the options from i on, or MaxInt64.
func brute(b *ilp.Branching, i int, launches []int64) int64 {
	if i == len(b.Options) {
		return priceOf(b, launches)
	}
	least := int64(math.MaxInt64)
	for n := range b.Options[i].Most + 1 {
		least = min(least, brute(b, i+1, append(launches, n)))
	}
	return least
}

// priceOf returns what launches cost, or MaxInt64 where they gain too little or take too much.
func priceOf(b *ilp.Branching, launches []int64) (price int64) {
	gains, uses := make([]int64, len(b.Values)), make([]int64, len(b.Caps))
	for i, n := range launches {
		o := b.Options[i]
		price += n * o.Price
		for r, g := range o.Gains {
			gains[r] += n * g
		}
		for _, u := range o.Uses {
			uses[u.Cap] += n * u.Amount
		}
	}
	if !dominance.NoLess(gains, b.Values) || !dominance.NoLess(b.Caps, uses) {
		return math.MaxInt64
	}
	return price
}

// TestSolveAgainstEnumeration: the bound is below the best, and is the best with leaves
// enough; options that others replace do not count.
func TestSolveAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := draw(t)
		best := brute(b, 0, nil)
		few := ilp.Branching{Values: b.Values, Caps: b.Caps, Options: b.Options, Groups: b.Groups}
		if a := few.Solve(context.Background(), rapid.IntRange(1, 5).Draw(t, "leaves"), math.MaxInt64); a.Infeasible {
			require.EqualValues(t, math.MaxInt64, best)
		} else {
			require.LessOrEqual(t, a.Least, best)
		}
		b.Options = ilp.Undominated(b.Options)
		b.Groups = ilp.Families(b.Options, 9)
		a := b.Solve(context.Background(), 10_000, math.MaxInt64)
		if best == math.MaxInt64 {
			require.True(t, a.Infeasible)
			return
		}
		require.False(t, a.Infeasible)
		require.Equal(t, best, a.Least)
		require.True(t, a.Integral)
		require.Equal(t, best, priceOf(b, a.Launches))
		require.Equal(t, best, only(b, a.Carried).Solve(context.Background(), 10_000, math.MaxInt64).Least)
	})
}

// only returns the program with these of its rows.
func only(b *ilp.Branching, rows []int) *ilp.Branching {
	out := &ilp.Branching{Caps: b.Caps, Groups: b.Groups}
	for _, r := range rows {
		out.Values = append(out.Values, b.Values[r])
	}
	for _, o := range b.Options {
		var gains []int64
		for _, r := range rows {
			gains = append(gains, o.Gains[r])
		}
		o.Gains = gains
		out.Options = append(out.Options, o)
	}
	return out
}

// TestGroups: of five sizes of three families, fewer leaves prove more where the families' sums are
// branched on.
func TestGroups(t *testing.T) {
	b := func() *ilp.Branching {
		b := &ilp.Branching{Values: []int64{1_000, 1_000}}
		for i, gains := range [][]int64{{9, 20}, {14, 14}, {20, 9}} {
			for _, size := range []int64{1, 2, 4, 8, 16} {
				o := ilp.Option{Number: len(b.Options), Price: size * []int64{85, 96, 126}[i], Gains: []int64{size * gains[0], size * gains[1]}}
				o.Most = o.Needed(b.Values, math.MaxInt64)
				b.Options = append(b.Options, o)
			}
		}
		return b
	}
	plain, grouped := b(), b()
	grouped.Groups = ilp.Families(grouped.Options, 9)
	p, g := plain.Solve(context.Background(), 2_000, math.MaxInt64), grouped.Solve(context.Background(), 500, math.MaxInt64)
	require.Greater(t, g.Least, p.Least)
}

// TestFamilies: prices that are nearly multiples of one are a family, and each counts as often as the
// common divisor is in it.
func TestFamilies(t *testing.T) {
	for name, tt := range map[string]struct {
		prices []int64
		want   [][]int64
	}{
		"none":                    {nil, nil},
		"one":                     {[]int64{85}, nil},
		"two families":            {[]int64{85, 170, 96, 192, 768}, [][]int64{{1, 2, 0, 0, 0}, {0, 0, 1, 2, 8}}},
		"multiples of two thirds": {[]int64{90, 60}, [][]int64{{3, 2}}},
		"free nodes":              {[]int64{0, 0, 5, 10}, [][]int64{{0, 0, 1, 2}}},
		"three families":          {[]int64{85, 170, 96, 192, 131, 262}, nil},
		"others":                  {[]int64{85, 99, 131}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var options []ilp.Option
			for _, price := range tt.prices {
				options = append(options, ilp.Option{Price: price})
			}
			require.Equal(t, tt.want, ilp.Families(options, 2))
		})
	}
}

// TestWithin: launches that cost less than enough are within the bounds.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := draw(t)
		options := b.Options
		if a := b.Solve(context.Background(), 1, math.MaxInt64); a.Infeasible {
			return
		}
		enough := rapid.Int64Range(0, 200).Draw(t, "enough")
		low, high := b.Within(enough)
		for range 20 {
			var launches []int64
			for _, o := range options {
				launches = append(launches, rapid.Int64Range(0, o.Most).Draw(t, "launches"))
			}
			if priceOf(b, launches) >= enough {
				continue
			}
			for i, n := range launches {
				require.True(t, low[i] <= n && n <= high[i], "%d of option %d", n, i)
			}
		}
	})
}

// TestSolveEndsWithItsContext: what is known by then is a bound.
func TestSolveEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := ilp.Branching{Values: []int64{10}, Options: []ilp.Option{{Price: 3, Gains: []int64{4}, Most: 3}}}
	a := b.Solve(ctx, 100, math.MaxInt64)
	require.Equal(t, 1, a.Leaves)
	require.EqualValues(t, 9, a.Least)
}
