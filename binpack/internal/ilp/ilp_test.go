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
		few := ilp.Branching{Values: b.Values, Caps: b.Caps, Options: b.Options}
		if a := few.Solve(context.Background(), rapid.IntRange(1, 5).Draw(t, "leaves"), math.MaxInt64); a.Infeasible {
			require.EqualValues(t, math.MaxInt64, best)
		} else {
			require.LessOrEqual(t, a.Least, best)
		}
		b.Options = ilp.Undominated(b.Options)
		a := b.Solve(context.Background(), 10_000, math.MaxInt64)
		if best == math.MaxInt64 {
			require.True(t, a.Infeasible)
			return
		}
		require.False(t, a.Infeasible)
		require.Equal(t, best, a.Least)
		require.True(t, a.Integral)
		require.Equal(t, best, priceOf(b, a.Launches))
	})
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
