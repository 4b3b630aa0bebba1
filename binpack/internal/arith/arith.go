package arith

import (
	"cmp"
	"math"
	"math/bits"
)

// Add returns a + b, at most MaxInt64. Like all of this file it is for numbers
// that are at least 0.
func Add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Mul returns a × b, at most MaxInt64.
func Mul(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi > 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// MulDiv returns a × b / c, rounded down and at most MaxInt64.
func MulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, math.MaxInt64))
}

// CeilMulDiv is MulDiv, rounded up.
func CeilMulDiv(a, b, c int64) int64 {
	q := MulDiv(a, b, c)
	if q != math.MaxInt64 && a*b != q*c { // modulo 2^64: they differ by less than c
		q++
	}
	return q
}

// CeilDiv returns a / b, rounded up.
func CeilDiv(a, b int64) int64 {
	if a == 0 {
		return 0
	}
	return (a-1)/b + 1
}

// CompareRatio compares a/b with c/d; x/0 is infinite.
func CompareRatio(a, b, c, d int64) int {
	ahi, alo := bits.Mul64(uint64(a), uint64(d))
	chi, clo := bits.Mul64(uint64(c), uint64(b))
	return cmp.Or(cmp.Compare(ahi, chi), cmp.Compare(alo, clo))
}

// GCD returns the greatest common divisor; of 0 and a number that number.
func GCD(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// RoundUp returns low, rounded up to a multiple of unit; 0 is a unit of nothing.
// What is too large is left as it is.
func RoundUp(unit, low int64) int64 {
	if unit == 0 || low%unit == 0 || low > math.MaxInt64-unit {
		return low
	}
	return low + unit - low%unit
}

// A Wide is a whole number of 128 bits, in two's complement: sums of products.
type Wide struct{ hi, lo uint64 }

// Add adds a × b; b is at least 0.
func (w *Wide) Add(a, b int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		hi -= uint64(b)
	}
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi, _ = bits.Add64(w.hi, hi, carry)
}

// Positive reports whether the number is above 0.
func (w Wide) Positive() bool { return int64(w.hi) > 0 || w.hi == 0 && w.lo > 0 }

// CeilShift returns a number above 0, divided by 2^shift and rounded up, at most MaxInt64.
func (w Wide) CeilShift(shift int) int64 {
	lo, borrow := bits.Sub64(w.lo, 1, 0)
	hi := w.hi - borrow
	if shift > 0 {
		lo, hi = lo>>shift|hi<<(64-shift), hi>>shift
	}
	if hi > 0 || lo >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo) + 1
}

// Sub subtracts another.
func (w *Wide) Sub(o Wide) {
	var borrow uint64
	w.lo, borrow = bits.Sub64(w.lo, o.lo, 0)
	w.hi, _ = bits.Sub64(w.hi, o.hi, borrow)
}

// Over returns a number above 0, divided by n and rounded down, at most MaxInt64.
func (w Wide) Over(n int64) int64 {
	if w.hi >= uint64(n) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(w.hi, w.lo, uint64(n))
	return int64(min(q, math.MaxInt64))
}
