package verify

import (
	"math"
	"math/bits"
)

// plus returns a + b of numbers that are not negative, or math.MaxInt64 if that is
// more.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// times returns a * b of numbers that are not negative, or math.MaxInt64 if that
// is more.
func times(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high != 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}
