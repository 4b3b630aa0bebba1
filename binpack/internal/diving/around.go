package diving

import (
	"math/rand/v2"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// idleTicks is what a try counts as that takes none.
	idleTicks = 1_000
	// minOut and maxOut bound the nodes that are solved for anew at once.
	minOut, maxOut = 4, 14
	// maxNodes bounds the nodes from which some are taken.
	maxNodes = 1 << 18
	// The effort for the program of their pods.
	roundsAround = 15
	ticksAround  = 300_000
	// diveAround is the most ticks of a dive for them.
	diveAround = 2_000_000
)

// Around looks for a better solution in which most nodes are those of s, in about
// ticks ticks: it takes some nodes out, solves the program for their pods, and
// dives where the program says that they may cost less. duals are about what pods
// are worth. It returns s with the first that cost less; nil: none do.
func (d *Diver) Around(s model.Solution, duals []float64, ticks int64, rng *rand.Rand) model.Solution {
	some, others := s.AtMost(maxNodes)
	nodes := 0
	for _, j := range some {
		nodes += int(j.Times)
	}
	for end := d.Meter.Spent() + ticks; d.Meter.Spent() < end && !d.Meter.Done() && nodes > 1; {
		kept, out := draw(some, nodes, rng)
		kept = append(kept, others...)
		demand, free := make([]int64, len(d.Model.Classes)), kept.Free(d.Model)
		for _, j := range out {
			for _, n := range j.Counts {
				demand[n.Class] += n.N * j.Times
			}
		}
		cost := float64(out.Cost(d.Model))
		d.Generator.Add(out)
		before := d.Meter.Spent()
		x := d.Generator.Solve(demand, free, duals, colgen.Effort{Rounds: roundsAround, Ticks: ticksAround, Level: levelPerStep})
		if d.Meter.Spent() == before { // what is known already costs nothing, and time goes by
			d.Meter.Spend(idleTicks)
		}
		if x.Cost >= cost*(1-gainTol) {
			continue
		}
		if all := d.Dive(kept, demand, free, x, float64(s.Cost(d.Model)), diveAround); all != nil && d.Better(all, s) {
			return all
		}
	}
	return nil
}

// draw parts s into most of its nodes and a few.
func draw(s model.Solution, nodes int, rng *rand.Rand) (kept, out model.Solution) {
	k := min(minOut+rng.IntN(maxOut-minOut+1), nodes-1)
	for _, j := range s {
		taken := int64(0)
		for range j.Times {
			if rng.IntN(nodes) < k {
				taken++
				k--
			}
			nodes--
		}
		if j.Times > taken {
			kept = append(kept, model.Column{Bin: j.Bin, Times: j.Times - taken, Counts: j.Counts})
		}
		if taken > 0 {
			out = append(out, model.Column{Bin: j.Bin, Times: taken, Counts: j.Counts})
		}
	}
	return kept, out
}
