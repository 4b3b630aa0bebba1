package knapsack

import (
	"math/bits"
	"slices"
)

// digit is the number of bits that one pass of a radix sort looks at.
const digit = 11

// A radix sorts by values, the highest first, as far as two digits tell them
// apart: that is enough to look the likely ones up first.
type radix struct {
	order, order2 []int32 // buffers
	keys, keys2   []uint32
}

// sort puts the indices of the values that are above zero into out.
func (s *radix) sort(values []int64, out []int32) []int32 {
	most := int64(1)
	for _, v := range values {
		most = max(most, v)
	}
	shift := max(0, bits.Len64(uint64(most))-2*digit)
	s.order, s.keys = s.order[:0], s.keys[:0]
	for i, v := range values {
		if v > 0 {
			s.order = append(s.order, int32(i))
			s.keys = append(s.keys, 1<<(2*digit)-1-uint32(v>>shift))
		}
	}
	n := len(s.order)
	s.order2, s.keys2 = slices.Grow(s.order2[:0], n)[:n], slices.Grow(s.keys2[:0], n)[:n]
	out = slices.Grow(out[:0], n)[:n]
	pass(s.order, s.keys, s.order2, s.keys2, 0)
	pass(s.order2, s.keys2, out, s.keys, digit)
	return out
}

// pass sorts by the digit from bit shift on, and leaves equal ones in order.
func pass(order []int32, keys []uint32, toOrder []int32, toKeys []uint32, shift int) {
	var at [1 << digit]int
	for _, k := range keys {
		at[k>>shift%(1<<digit)]++
	}
	sum := 0
	for d, n := range at {
		at[d] = sum
		sum += n
	}
	for i, k := range keys {
		d := k >> shift % (1 << digit)
		toOrder[at[d]], toKeys[at[d]] = order[i], k
		at[d]++
	}
}
