package fill

import "math"

// A Most is what is known of the most value that one node holds.
type Most struct {
	Found int64 // by a filling
	Bound int64 // no filling is worth more
	Steps int   // taken to find it first
}

// Exact reports whether the two are one, but for a part of 2^-24 that no
// search looks for.
func (m Most) Exact() bool { return m.Bound <= m.Found+m.Found>>nearly }

// Most looks for the most value, depth first, in no more than the given steps.
func (k *Knapsack) Most(steps int) Most {
	if k.all != nil {
		m := Most{Bound: math.MaxInt64}
		m.Steps = k.solveApart(&m, 0, steps, nil)
		return m
	}
	return k.Best(steps, nil)
}

// Best is Most, whichever items keep apart. It notes in counts, unless that is nil, how many of each item given
// are in the filling that it found.
func (k *Knapsack) Best(steps int, counts []int64) Most {
	if len(k.items) <= 1 || len(k.room) == 0 {
		for _, it := range k.items {
			if counts != nil {
				counts[it.kind] = it.count
			}
		}
		return Most{worth(k.items), worth(k.items), 0}
	}
	s := k.depthFirst(0, steps, counts != nil)
	for i, n := range s.kept {
		counts[s.items[i].kind] = n
	}
	return Most{s.best, max(s.best, s.cut), steps - s.steps}
}

const (
	// branchLeaves is the number of leaves per item of a first branch and bound.
	branchLeaves = 5
	// slotsPerStep is the number of entries of a table that are computed in a step.
	slotsPerStep = 16
	// relaxDivisor: 1/relaxDivisor of the steps may go into the choice of multipliers.
	relaxDivisor = 2
	// firstGap: the first level is 2^-firstGap below the bound.
	firstGap = 14
	// gapGrows is the factor by which the gap grows from level to level.
	gapGrows = 4
)

// Search lowers the bound of what is known as far as the floor, or to the value of the
// best filling where that is above. It returns the steps taken, about steps at most.
// Branch and bound comes first: it comes close with little effort. The dynamic program
// finishes where requests are of a few sizes.
func (k *Knapsack) Search(m *Most, floor int64, steps int, buffers *Lists) (taken int) {
	if k.all != nil {
		return k.solveApart(m, floor, steps, buffers)
	}
	items, budget, multipliers := k.weighed()
	room := k.room
	first := branchLeaves * len(items) * stepsOfLeaf(len(items), len(room))
	p := pack(items, room, max(floor, m.Found), min(steps, first), nil)
	m.Found = max(m.Found, p.found)
	m.Bound = max(m.Found, min(m.Bound, p.bound))
	taken = p.steps
	if l := newLagrangian(items, room, multipliers, budget); l != nil && m.Bound > max(floor, m.Found) {
		taken += m.searchBy(l, room, floor, steps-taken, buffers)
	}
	return taken
}

// searchBy does so by the dynamic program.
//
// It asks whether a filling is worth more than a level, from the bound down: near the
// bound few are left to look at, and the first level that one exceeds ends it.
func (m *Most) searchBy(l *lagrangian, room []int64, floor int64, steps int, buffers *Lists) (taken int) {
	taken = l.relax(room, max(floor, m.Found), steps*slotsPerStep/relaxDivisor) / slotsPerStep
	m.Bound = max(m.Found, min(m.Bound, (l.base+l.table[0][l.slots])>>l.shift))
	floor = max(floor, m.Found)
	for gap := m.Bound>>firstGap + 1; m.Bound > floor && taken < steps; gap *= gapGrows {
		level := max(floor, m.Bound-gap)
		f := &filling{lagrangian: l, floor: level, steps: steps - taken, Lists: buffers}
		value, done := f.best(room)
		taken = steps - f.steps
		if !done {
			break
		}
		m.Bound = value
		if value > level {
			m.Found = value
			break
		}
	}
	return taken
}
