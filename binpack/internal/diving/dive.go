package diving

import (
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// The effort of column generation after each step: what is left asks for
// patterns of its own.
const (
	roundsPerStep = 40
	ticksPerStep  = 2_000_000
	levelPerStep  = 1
)

// wholeTol: a value this close below a whole number counts as it.
const wholeTol = 1e-6

// Dive makes a solution from a solved program in about so many ticks. pack packs
// what is left of the demand within the free caps, and better compares two
// solutions.
func Dive(m *model.Model, g *colgen.Generator, x colgen.Relaxed, meter *work.Meter, ticks int64,
	pack func(demand, free []int64) model.Solution, better func(a, b model.Solution) bool) model.Solution {
	demand, free := model.Solution{}.Left(m), model.Solution{}.Free(m)
	var fixed, best model.Solution
	for end := meter.Spent() + ticks; meter.Spent() < end && !meter.Done(); {
		step := round(m, g, x, demand, free)
		if len(step) == 0 {
			break
		}
		fixed = append(fixed, step...)
		demand, free = fixed.Left(m), fixed.Free(m)
		s := append(fixed[:len(fixed):len(fixed)], pack(fixed.Left(m), fixed.Free(m))...)
		if best == nil || better(s, best) {
			best = s
		}
		x = g.Solve(demand, free, x.Duals, colgen.Effort{Rounds: roundsPerStep, Ticks: ticksPerStep, Level: levelPerStep})
	}
	return best
}

// round returns the columns of x launched whole, rounded down, as often as
// demand and caps allow; if there are none, the one with the largest part,
// once.
func round(m *model.Model, g *colgen.Generator, x colgen.Relaxed, demand, free []int64) model.Solution {
	var s model.Solution
	largest := -1
	for j, v := range x.Values {
		if v <= wholeTol {
			continue
		}
		if largest < 0 || v > x.Values[largest] {
			largest = j
		}
		s = launch(m, s, g.Columns[j], int64(v+wholeTol), demand, free)
	}
	if len(s) == 0 && largest >= 0 {
		s = launch(m, s, g.Columns[largest], 1, demand, free)
	}
	return s
}

// launch adds the column so many times to s, or as often as it still can be,
// and takes it out of demand and free.
func launch(m *model.Model, s model.Solution, j model.Column, times int64, demand, free []int64) model.Solution {
	times = m.Launches(j.Bin, free, times)
	for _, n := range j.Counts {
		times = min(times, demand[n.Class]/n.N)
	}
	if times <= 0 {
		return s
	}
	for _, n := range j.Counts {
		demand[n.Class] -= n.N * times
	}
	m.Spend(j.Bin, free, times)
	j.Times = times
	return append(s, j)
}
