// Package arith is arithmetic on whole numbers that cannot go wrong unnoticed:
// sums and products end at MaxInt64, a quotient of a product,
//
//	⌊a·b / c⌋,
//
// passes through 128 bits, ratios are compared without dividing, and sums of
// products are kept in 128 bits.
//
// Source: the multiword arithmetic of math/bits, and Knuth, The Art of Computer
// Programming, volume 2, 4.3.1.
package arith
