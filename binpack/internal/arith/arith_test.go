package arith

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// TestWide: sums of products are those of big numbers.
func TestWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sum, want := Wide{}, new(big.Int)
		for range rapid.IntRange(0, 20).Draw(t, "terms") {
			a, b := rapid.Int64().Draw(t, "a"), rapid.Int64Range(0, math.MaxInt64).Draw(t, "b")
			sum.Add(a, b)
			want.Add(want, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
		}
		require.Equal(t, want.Sign() > 0, sum.Positive())
		if want.Sign() <= 0 {
			return
		}
		shift := rapid.IntRange(0, 63).Draw(t, "shift")
		want.Neg(want).Rsh(want, uint(shift)).Neg(want)
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
		}
		require.Equal(t, want.Int64(), sum.CeilShift(shift))
	})
}
