package colgen

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// boxFactor is how many times what it is worth by the centre a pod may be worth at
	// first, and loosening by how much more the part above one grows: a little where
	// columns get few, much where there are none.
	boxFactor               = 1.2
	loosening, looseningFar = 1.3, 5.2
	// fewAdded: columns get few.
	fewAdded = addedPerRound / 2
	// loosest: from this factor on nothing is bounded.
	loosest = 1e6
)

// A box keeps the duals of pods from rising far above the centre: to leave a pod uncovered
// costs a little more than it is worth there, and more where pods stay uncovered (du Merle,
// Villeneuve, Desrosiers and Hansen, Stabilized Column Generation, 1999). Where many kinds
// of pods share few columns, these leave open which of them is worth what, and duals swing
// from one to the other. A nil box bounds nothing.
type box struct {
	master *lp.Master
	side   []float64 // per class, what it costs in truth
	factor []float64 // per class
}

func newBox(master *lp.Master, side []float64) *box {
	b := &box{master: master, side: side, factor: make([]float64, len(side))}
	for c := range b.factor {
		b.factor[c] = boxFactor
	}
	return b
}

// put puts the box around a centre.
func (b *box) put(center []float64) {
	if b == nil {
		return
	}
	costs := slices.Clone(b.side)
	for c, f := range b.factor {
		if center[c] > 0 && f < loosest {
			costs[c] = min(costs[c], center[c]*f)
		}
	}
	b.master.SetSides(costs)
}

// loosen makes the box larger where it leaves pods uncovered and few columns were added,
// and reports whether it does.
func (b *box) loosen(added int) bool {
	if b == nil || added > fewAdded {
		return false
	}
	more, some := loosening, false
	if added == 0 {
		more = looseningFar
	}
	for c, uncovered := range lp.Uncovered(b.master, len(b.factor)) {
		if uncovered && b.factor[c] < loosest {
			b.factor[c] = 1 + float64((b.factor[c]-1)*more)
			some = true
		}
	}
	return some
}

// remove removes the box, and reports whether there was one.
func (b *box) remove() bool {
	if b == nil {
		return false
	}
	b.master.SetSides(b.side)
	return true
}
