package colgen

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/knapsack"
)

// firstAlpha is the weight of the centre in the duals that columns are looked
// for with.
const firstAlpha = 0.7

// leastAlpha: a smaller weight counts as none.
const leastAlpha = 0.05

// Where the weight adapts it gets alphaFalls times as large when duals nearer to the master's prove more, else it
// grows by alphaGrows of what it lacks to one.
const alphaFalls, alphaGrows = 0.8, 0.1

// levels are the efforts of the knapsack for one bin: more where less finds
// nothing.
var levels = [...]knapsack.Effort{
	{Starts: 2, Exchanges: 20, Steps: 3000},
	{Starts: 6, Exchanges: 60, Steps: 10000},
	{Starts: 20, Exchanges: 200, Steps: 30000},
	{Starts: 60, Exchanges: 300, Steps: 100000},
}

// Thorough is the highest level of effort.
const Thorough = len(levels) - 1

// A smoother keeps the duals from swinging: columns are looked for with duals
// between the master's and a centre, the best ones so far (Wentges, Weighted
// Dantzig-Wolfe Decomposition for Linear Mixed-Integer Programming, 1997).
// Where it adapts the weight of the centre falls and grows with what it would prove (Pessoa, Sadykov, Uchoa and Vanderbeck, Automation
// and Combination of Linear-Programming Based Stabilization Techniques in Column Generation, 2018). Where no column
// is found it falls, and then the effort of the knapsack rises.
type smoother struct {
	center []float64
	bound  float64 // about what the centre proves; 0: not known yet
	alpha  float64
	adapts bool
	mixed  bool // the centre was looked at
	level  int  // of the knapsack's effort, at most most
	most   int
}

func newSmoother(center []float64, most int, adapts bool) *smoother {
	return &smoother{center: center, alpha: firstAlpha, most: most, adapts: adapts}
}

// effort returns the present effort of the knapsack.
func (s *smoother) effort() knapsack.Effort { return levels[s.level] }

// mix returns the duals to look with.
func (s *smoother) mix(pi []float64) []float64 {
	sep := slices.Clone(pi)
	if !s.mixed { // what the centre proves is not known yet
		s.mixed = true
		copy(sep, s.center)
		return sep
	}
	for c, v := range s.center {
		sep[c] = float64(s.alpha*v) + float64((1-s.alpha)*pi[c])
	}
	return sep
}

// next takes note of what looking with sep gave, and reports whether to look
// again.
func (s *smoother) next(sep []float64, l look) bool {
	if l.bound > s.bound {
		s.center, s.bound = sep, l.bound
	}
	switch {
	case l.added > 0:
		s.level = 0
		switch {
		case s.adapts && l.more:
			s.alpha *= alphaFalls
		case s.adapts:
			s.alpha += float64(alphaGrows * (1 - s.alpha))
		}
	case s.alpha > 0:
		if s.alpha /= 2; s.alpha < leastAlpha {
			s.alpha = 0
		}
	case s.level < s.most:
		s.level++
	default:
		return false
	}
	return true
}
