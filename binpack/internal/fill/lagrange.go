package fill

import (
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

const (
	// paidRoom is the room of a node in a resource that is paid for.
	paidRoom = 1 << 26
	// worthBits is the size that values are brought to, so that multipliers per share
	// are whole numbers that say enough.
	worthBits = 50
	// maxWorth bounds what all items of one node may be worth together: sums with
	// multipliers stay below 2^63.
	maxWorth = 1 << 58
	// maxPaid bounds the number of resources, for the same reason.
	maxPaid = 16
	// maxSlots is the most slots of the resource that is counted.
	maxSlots = 2048
	// tableSlots bounds the slots of all items together.
	tableSlots = 1 << 18
	// tunings is the most rounds of the subgradient method.
	tunings = 24
	// leastPart: a smaller step ends it.
	leastPart = 0.1
)

// A lagrangian bounds what items are worth in the room of a node. One resource, the
// lead, is counted in slots, requests rounded down. The others are paid for: for
// any multiplier λ_r ≥ 0 per share of the room, every filling x with room for it has
//
//	Σ v x  ≤  Σ_r λ_r·room + max { Σ (v − Σ_r λ_r share_r) x : x fits in the slots }.
//
// What is left is a knapsack of one resource, and its table says for each item
// and room what this and later items are worth at most.
type lagrangian struct {
	items       []*item
	shift       int // values count as 2^shift
	lead        int
	unit        int64 // of the lead, per slot
	slots       int
	widths      []int       // of each item, in slots
	shares      [][]int64   // of each item, per resource
	multipliers []int64     // per resource, of a share; 0 for the lead
	pays        []int64     // of each item: what it is worth beyond what it pays
	base        int64       // what the whole room is paid with
	table       [][]int64   // [item][slots left]
	window      []candidate // of row
}

// newLagrangian returns the relaxation, with multipliers that follow from those of the
// surrogate, by which the items are sorted; nil: the numbers are too large.
func newLagrangian(items []*item, room, multipliers []int64, budget int64) *lagrangian {
	sum := worth(items)
	if sum >= maxWorth || len(room) > maxPaid {
		return nil
	}
	l := &lagrangian{items: items, shift: max(0, worthBits-bits.Len64(uint64(sum))), multipliers: make([]int64, len(room)), pays: make([]int64, len(items))}
	for _, it := range items {
		shares := make([]int64, len(room))
		for r, q := range it.requests {
			if q > 0 {
				shares[r] = arith.MulDiv(q, paidRoom, room[r])
			}
		}
		l.shares = append(l.shares, shares)
	}
	for _, it := range items {
		if it.weight > 0 && it.count > budget/it.weight { // the last that fits, in part
			for r, m := range multipliers {
				l.multipliers[r] = min(arith.MulDiv(it.value<<l.shift, m*(fullRoom/paidRoom), it.weight), maxWorth/paidRoom)
			}
			break
		}
		budget -= it.weight * it.count
	}
	return l
}

// count makes r the lead.
func (l *lagrangian) count(r int, room int64) {
	unit := int64(0)
	for _, it := range l.items {
		unit = arith.GCD(unit, it.requests[r])
	}
	most := int64(max(min(maxSlots, tableSlots/len(l.items)), 1))
	l.lead, l.unit = r, max(unit, arith.CeilDiv(room, most), 1)
	l.slots = int(room / l.unit)
	l.widths = l.widths[:0]
	for _, it := range l.items {
		l.widths = append(l.widths, int(it.requests[r]/l.unit))
	}
	l.table = slices.Grow(l.table, len(l.items)+1)[:len(l.items)+1]
	for i := range l.table {
		l.table[i] = slices.Grow(l.table[i][:0], l.slots+1)[:l.slots+1]
	}
	clear(l.table[len(l.items)])
	l.window = slices.Grow(l.window[:0], l.slots+1)[:l.slots+1]
}

// solve fills the table at the present multipliers and returns the bound, in 2^-shift.
func (l *lagrangian) solve() int64 {
	l.base = 0
	for r, multiplier := range l.multipliers {
		if r != l.lead {
			l.base += multiplier * paidRoom
		}
	}
	for i := len(l.items) - 1; i >= 0; i-- {
		pays := l.items[i].value << l.shift
		for r, multiplier := range l.multipliers {
			if r != l.lead {
				pays -= multiplier * l.shares[i][r]
			}
		}
		l.pays[i] = pays
		l.row(i)
	}
	return l.base + l.table[0][l.slots]
}

// row fills the table for item i from that for the next. Rooms that differ by a
// multiple of the item's width are one sequence; the best number of the item is a
// maximum over a window of it, kept as a queue of candidates.
func (l *lagrangian) row(i int) {
	out, in := l.table[i], l.table[i+1]
	pays, width, most := l.pays[i], l.widths[i], l.items[i].count
	switch {
	case pays <= 0:
		copy(out, in)
		return
	case width == 0:
		for a, v := range in {
			out[a] = v + most*pays
		}
		return
	}
	queue := l.window
	reach := int(min(most, int64(l.slots/width))) * width
	for first := 0; first < width && first < len(in); first++ {
		head, tail, below := 0, 0, int64(0) // below: what the items are worth that fill the room below
		for a := first; a < len(in); a += width {
			rest := in[a] - below
			for tail > head && queue[tail-1].rest <= rest {
				tail--
			}
			queue[tail] = candidate{a, rest}
			tail++
			if a-queue[head].room > reach {
				head++
			}
			out[a] = queue[head].rest + below
			below += pays
		}
	}
}

// A candidate is a room that is left to the next items, and what they are worth
// there less what the present item is worth in it.
type candidate struct {
	room int
	rest int64
}

// used returns what the best filling at the present multipliers takes of each resource,
// in shares.
func (l *lagrangian) used() []int64 {
	out := make([]int64, len(l.multipliers))
	at := l.slots
	for i, it := range l.items {
		if l.pays[i] <= 0 {
			continue
		}
		n := int64(0)
		for n < it.count && l.table[i+1][at-int(n)*l.widths[i]]+n*l.pays[i] != l.table[i][at] {
			n++
		}
		at -= int(n) * l.widths[i]
		for r := range out {
			out[r] += n * l.shares[i][r]
		}
	}
	return out
}

// tune looks for multipliers at which the bound is low, by the subgradient method with
// steps that would reach the target (Polyak, 1969), halved when one fails. It fills
// the table so often at most, and returns the bound and how often it did.
func (l *lagrangian) tune(target int64, most int) (best int64, rounds int) {
	best, rounds = l.solve(), 1
	kept, over := slices.Clone(l.multipliers), l.over()
	for step := 1.0; step > leastPart && rounds < min(tunings, most) && best > target; rounds++ {
		norm := 0.0
		for _, share := range over {
			norm += float64(share * share)
		}
		if norm == 0 {
			break
		}
		for r, share := range over {
			move := float64(step*float64(best-target)) / paidRoom * (share / norm)
			l.multipliers[r] = min(max(0, kept[r]+int64(move)), maxWorth/paidRoom)
		}
		if now := l.solve(); now < best {
			best, over = now, l.over()
			copy(kept, l.multipliers)
		} else {
			step /= 2
		}
	}
	copy(l.multipliers, kept)
	return best, rounds
}

// over returns by what share of the room the best filling at the present multipliers
// overruns each resource that is paid for; 0 where that can change no multiplier.
func (l *lagrangian) over() []float64 {
	out := make([]float64, len(l.multipliers))
	for r, u := range l.used() {
		if share := float64(u-paidRoom) / paidRoom; r != l.lead && (share > 0 || l.multipliers[r] > 0) {
			out[r] = share
		}
	}
	return out
}

// relax chooses the lead and the multipliers, and fills the table. It computes at most
// about most entries of the table, and returns how many it did.
func (l *lagrangian) relax(room []int64, found int64, most int) (entries int) {
	best, lead := int64(-1), 0
	start, kept := slices.Clone(l.multipliers), slices.Clone(l.multipliers)
	for r := range room {
		copy(l.multipliers, start)
		l.count(r, room[r])
		bound, rounds := l.tune(found<<l.shift, most/len(room)/(l.slots*len(l.items)+1))
		entries += rounds * l.slots * len(l.items)
		if best < 0 || bound < best {
			best, lead = bound, r
			copy(kept, l.multipliers)
		}
	}
	copy(l.multipliers, kept)
	l.count(lead, room[lead])
	l.solve()
	return entries
}
