package cover_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cover"
	"github.com/stowage/stowage/binpack/internal/dominance"
	_ "github.com/stowage/stowage/internal/seed"
)

// draw draws a cover that brute can enumerate.
func draw(t *rapid.T) (options []cover.Option, caps []int64, value int64) {
	small := func(name string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, name) }
	for range small("caps", 0, 2) {
		caps = append(caps, small("cap", 0, 5))
	}
	for range small("options", 1, 4) {
		o := cover.Option{Price: small("price", 1, 20), Gain: small("gain", 1, 9), Limit: cover.Unlimited}
		if rapid.Bool().Draw(t, "limited") {
			o.Limit = small("limit", 0, 3)
		}
		for k := range caps {
			if use := small("use", 0, 2); use > 0 {
				o.Uses = append(o.Uses, dominance.Use{Cap: k, Amount: use})
			}
		}
		options = append(options, o)
	}
	return options, caps, small("value", 0, 25)
}

// brute returns the least price of launches that cover the value, or MaxInt64, and how
// much of the value can be covered.
func brute(options []cover.Option, caps []int64, value int64) (least, reach int64) {
	if value <= 0 {
		return 0, 0
	}
	if len(options) == 0 {
		return math.MaxInt64, 0
	}
	least, reach = math.MaxInt64, 0
	o, left := options[0], slices.Clone(caps)
	for n := int64(0); n <= o.Limit; n++ {
		price, more := brute(options[1:], left, value-n*o.Gain)
		if price < math.MaxInt64 {
			least = min(least, price+n*o.Price)
		}
		reach = max(reach, min(value, n*o.Gain)+more)
		for _, u := range o.Uses {
			if left[u.Cap] -= u.Amount; left[u.Cap] < 0 {
				return least, reach
			}
		}
		if n*o.Gain >= value {
			break
		}
	}
	return least, reach
}

// TestPriceAgainstEnumeration: the price and the reach are those of the best launches,
// and the quick bound is no higher.
func TestPriceAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		options, caps, value := draw(t)
		least, reach := brute(options, caps, value)
		got, err := cover.New(slices.Clone(options), caps, value).Bound(context.Background())
		require.NoError(t, err)
		require.Equal(t, least == math.MaxInt64, got.Infeasible)
		quick := cover.New(slices.Clone(options), caps, value).Quick()
		if !got.Infeasible {
			require.Equal(t, least, got.Least)
			require.False(t, quick.Infeasible)
			require.LessOrEqual(t, quick.Least, least)
		}
		most, err := cover.New(slices.Clone(options), caps, value).Reach(context.Background())
		require.NoError(t, err)
		require.Equal(t, reach, most)
	})
}

// TestPriceOfLargeValues: where the value is large beside the gains the remainders
// decide: 14 gain for 126, 13 for 192 and 6 for 96.
func TestPriceOfLargeValues(t *testing.T) {
	options := []cover.Option{{Price: 85, Gain: 3}, {Price: 96, Gain: 6}, {Price: 126, Gain: 14}, {Price: 192, Gain: 13}}
	for i := range options {
		options[i].Limit = cover.Unlimited
	}
	got, err := cover.New(options, nil, 1_000_000).Bound(context.Background())
	require.NoError(t, err)
	require.Equal(t, cover.Bound{Least: 9_000_054}, got)
}

func TestPriceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := cover.New([]cover.Option{{Price: 3, Gain: 4, Limit: 2}, {Price: 5, Gain: 3, Limit: 2}}, nil, 10).Bound(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
