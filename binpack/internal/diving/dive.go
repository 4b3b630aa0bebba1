package diving

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// The effort of column generation after each step: what is left asks for
	// patterns of its own.
	roundsPerStep = 40
	ticksPerStep  = 700_000
	levelPerStep  = 1
	// maxDepth is the depth down to which a dive leaves alternatives, and maxTabu
	// the most columns that an alternative does without.
	maxDepth, maxTabu = 3, 2
	// gainTol: what costs less than the part 1-gainTol is less, not a rounding
	// error.
	gainTol = 1e-9
)

// A Diver makes solutions of a model from the programs of a generator.
type Diver struct {
	Model     *model.Model
	Generator *colgen.Generator
	Meter     *work.Meter
	// Complete returns a solution with the columns fixed and more for the demand that is
	// left, within the free caps, and whether it leaves no pod. It leaves demand and free
	// as they are.
	Complete func(fixed model.Solution, demand, free []int64) (s model.Solution, complete bool)
	Better   func(a, b model.Solution) bool
	// Quick: solutions are completed only now and then, and steps are so long that a dive
	// ends in time.
	Quick bool
	Rng   *rand.Rand // shakes the order in which columns are rounded up; nil: it is not shaken
}

// A node is where a dive stands.
type node struct {
	fixed        model.Solution
	demand, free []int64        // that are left
	x            colgen.Relaxed // of what is left
	tabu         []int          // columns that are not rounded up
	depth        int
}

// Dive makes a solution with the columns of base, and more for the demand within the free
// caps; x is the program's solution for these. It then makes the better ones of its
// alternatives, in about ticks ticks. It gives up what will cost no less than limit.
func (d *Diver) Dive(base model.Solution, demand, free []int64, x colgen.Relaxed, limit float64, ticks int64) model.Solution {
	var best model.Solution
	complete := func(n *node) {
		s, complete := d.Complete(n.fixed, n.demand, n.free)
		if best == nil || d.Better(s, best) {
			best = s
		}
		if cost := float64(s.Cost(d.Model)); complete && cost < limit {
			limit = cost
		}
	}
	start := d.Meter.Spent()
	end := start + 2*ticks // the first may take longer: what it has fixed is lost where it does not end
	for open := []node{{fixed: base, demand: demand, free: free, x: x}}; len(open) > 0; open, end = open[1:], start+ticks {
		n := open[0]
		p := pace{d: d, begun: d.Meter.Spent(), end: start + ticks, whole: n.x.Cost, due: math.Inf(1)}
		completed := true
		for float64(n.fixed.Cost(d.Model))+n.x.Cost < limit*(1-gainTol) && d.Meter.Spent() < end && !d.Meter.Done() {
			alternative := n
			step, lead := d.round(&n, p.part(&n))
			if len(step) == 0 {
				break
			}
			if lead >= 0 && n.depth < maxDepth && len(n.tabu) < maxTabu {
				alternative.tabu = append(slices.Clone(n.tabu), lead)
				open = append(open, alternative)
			}
			n.fixed = slices.Concat(n.fixed, step)
			n.depth++
			if completed = p.isDue(n.x.Cost - float64(step.Cost(d.Model))); completed {
				complete(&n)
			}
			n.x = d.Generator.Solve(n.demand, n.free, n.x.Duals, colgen.Effort{Rounds: roundsPerStep, Ticks: ticksPerStep, Level: levelPerStep, Some: d.Quick})
		}
		if !completed {
			complete(&n)
		}
	}
	return best
}
