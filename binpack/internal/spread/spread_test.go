package spread_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/spread"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestSpreadLeast: no numbers of pods in domains that the rule allows are worth less, and
// the ones returned are allowed; none has more pods in a domain than Most.
func TestSpreadLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		domains := rapid.IntRange(1, 3).Draw(t, "domains")
		list := func(name string, most int64) []int64 {
			return rapid.SliceOfN(rapid.Int64Range(0, most), domains, domains).Draw(t, name)
		}
		s := spread.Spread{
			Count: rapid.Int64Range(0, 8).Draw(t, "count"), Before: list("before", 4),
			Skew: rapid.Int64Range(1, 3).Draw(t, "skew"), Sparse: rapid.Bool().Draw(t, "sparse"),
		}
		values := list("values", 9)
		allowed := func(in []int64) bool {
			fewest, sum := int64(math.MaxInt64), int64(0)
			for d, n := range in {
				fewest, sum = min(fewest, n+s.Before[d]), sum+n
			}
			if s.Sparse {
				fewest = 0
			}
			for d, n := range in {
				if n > 0 && n+s.Before[d] > s.Skew+fewest {
					return false
				}
			}
			return sum == s.Count
		}
		worth := func(in []int64) (sum int64) {
			for d, n := range in {
				sum += n * values[d]
			}
			return sum
		}
		least, in := s.Least(values)
		most, any := s.Most(), false
		var try func(in []int64)
		try = func(in []int64) {
			if len(in) < domains {
				for n := range s.Count + 1 {
					try(append(slices.Clone(in), n))
				}
				return
			}
			sum := int64(0)
			for _, n := range in {
				sum += n
			}
			require.Equal(t, allowed(in), s.Allows(in) && sum == s.Count)
			if allowed(in) {
				any = true
				require.LessOrEqual(t, least, worth(in))
				for d, n := range in {
					require.LessOrEqual(t, n, most[d])
				}
			}
		}
		try(nil)
		require.Equal(t, any, in != nil)
		if in != nil {
			require.True(t, allowed(in), "%v", in)
			require.Equal(t, least, worth(in))
		}
	})
}
