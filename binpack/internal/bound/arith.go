package bound

import (
	"cmp"
	"math"
	"math/bits"
)

// add returns a + b, at most MaxInt64. Like all of this file it is for numbers
// that are at least 0.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mul returns a × b, at most MaxInt64.
func mul(a, b int64) int64 { return mulDiv(a, b, 1) }

// mulDiv returns a × b / c, rounded down and at most MaxInt64.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, math.MaxInt64))
}

// ceilMulDiv is mulDiv, rounded up.
func ceilMulDiv(a, b, c int64) int64 {
	q := mulDiv(a, b, c)
	if q != math.MaxInt64 && a*b != q*c { // modulo 2^64: they differ by less than c
		q++
	}
	return q
}

// ceilDiv returns a / b, rounded up.
func ceilDiv(a, b int64) int64 {
	if a == 0 {
		return 0
	}
	return (a-1)/b + 1
}

// compareRatio compares a/b with c/d; x/0 is infinite.
func compareRatio(a, b, c, d int64) int {
	ahi, alo := bits.Mul64(uint64(a), uint64(d))
	chi, clo := bits.Mul64(uint64(c), uint64(b))
	return cmp.Or(cmp.Compare(ahi, chi), cmp.Compare(alo, clo))
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// A wide is a whole number of 128 bits, in two's complement: sums of products.
type wide struct{ hi, lo uint64 }

// add adds a × b; b is at least 0.
func (w *wide) add(a, b int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		hi -= uint64(b)
	}
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi, _ = bits.Add64(w.hi, hi, carry)
}

func (w wide) positive() bool { return int64(w.hi) > 0 || w.hi == 0 && w.lo > 0 }

// ceilShift returns a number above 0, divided by 2^shift and rounded up, at most MaxInt64.
func (w wide) ceilShift(shift int) int64 {
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

func (w *wide) sub(o wide) {
	var borrow uint64
	w.lo, borrow = bits.Sub64(w.lo, o.lo, 0)
	w.hi, _ = bits.Sub64(w.hi, o.hi, borrow)
}

// over returns a number above 0, divided by n and rounded down, at most MaxInt64.
func (w wide) over(n int64) int64 {
	if w.hi >= uint64(n) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(w.hi, w.lo, uint64(n))
	return int64(min(q, math.MaxInt64))
}
