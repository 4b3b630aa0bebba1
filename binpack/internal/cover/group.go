package cover

import (
	"math"
	"math/bits"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// groupSteps is the most work of group, in residues times options.
const groupSteps = 8_000_000

// group solves the cover of a value that is large beside every gain, where no
// option has a limit. Let * be the option of least price per gain. How much
// the launches cover too much depends on the gains of the others modulo the
// gain of * alone; so does the price that they add to p*·V/K*. The cheapest
// way to each residue is a shortest path on a cycle (Gomory's relaxation,
// 1969). It allows * a negative number of times, hence is a lower bound; it is
// exact when the others do not cover more than the value.
//
// It returns 0 where it does not apply.
func (c *Cover) group() (least int64, exact bool) {
	unit := int64(0)
	for _, o := range c.options {
		unit = arith.GCD(unit, o.Gain)
	}
	star := c.options[0]
	size, value := star.Gain/unit, arith.CeilDiv(c.value, unit)
	if c.limited() || size > groupSteps/int64(len(c.options)) || !sumsFit(c.options, size, value) {
		return 0, false
	}
	paths := make([]path, size)
	for r := range paths {
		paths[r] = path{math.MaxInt64, math.MaxInt64}
	}
	paths[0] = path{}
	for _, o := range c.options[1:] {
		gain := o.Gain / unit
		extend(paths, path{extra: o.Price*size - star.Price*gain, gain: gain})
	}
	best, at := int64(math.MaxInt64), 0
	for r, p := range paths {
		if p.extra == math.MaxInt64 {
			continue
		}
		over := (int64(r) - value) % size // covered too much, modulo size
		if over < 0 {
			over += size
		}
		if price := p.extra + star.Price*over; price < best {
			best, at = price, r
		}
	}
	hi, lo := bits.Mul64(uint64(star.Price), uint64(value))
	lo, carry := bits.Add64(lo, uint64(best), 0)
	least64, _ := bits.Div64(hi+carry, lo, uint64(size))
	return int64(least64), paths[at].gain <= value
}

// A path is a choice of launches: what they add to the price of * per gain,
// times the gain of *, and what they gain.
type path struct{ extra, gain int64 }

// extend adds one option, any number of times, to the shortest paths. Around
// each cycle that the option makes of the residues, twice is enough.
func extend(paths []path, step path) {
	size := int64(len(paths))
	move := step.gain % size
	if move == 0 {
		return
	}
	for first := range arith.GCD(size, move) {
		r := first
		for range 2 * size / arith.GCD(size, move) {
			next := r + move
			if next >= size {
				next -= size
			}
			from := paths[r]
			if from.extra != math.MaxInt64 {
				p := path{from.extra + step.extra, from.gain + step.gain}
				if p.extra < paths[next].extra || p.extra == paths[next].extra && p.gain < paths[next].gain {
					paths[next] = p
				}
			}
			r = next
		}
	}
}

// sumsFit reports whether no sum in group can overflow: paths have at most
// size launches besides *.
func sumsFit(options []Option, size, value int64) bool {
	most := int64(0)
	for _, o := range options {
		most = max(most, o.Price, o.Gain)
	}
	hi, lo := bits.Mul64(uint64(most), uint64(size))
	if hi != 0 || lo > math.MaxInt64/8 {
		return false
	}
	hi, lo = bits.Mul64(lo, uint64(size))
	if hi != 0 || lo > math.MaxInt64/8 {
		return false
	}
	hi, _ = bits.Mul64(uint64(options[0].Price), uint64(value))
	return hi < uint64(size+1)/2
}
