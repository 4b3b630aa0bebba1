package branchcut

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/lp"
)

const (
	// wholeTol: a number this close to a whole one counts as it.
	wholeTol = 1e-6
	// elementsPerTick is how many elements of a tableau are computed in one tick.
	elementsPerTick = 16
	// attemptTicks bounds one attempt, before the next one starts from another solution.
	attemptTicks = 1_000_000
	// rootRounds bounds the rounds of cuts of the root, leafRounds those of other leaves, and roundCuts the
	// cuts of a round.
	rootRounds, leafRounds, roundCuts = 20, 3, 15
	// wholeness: how far the numbers are from whole decides between those whose weights differ by little, else the weight.
	wholeness = 3
)

// A Program asks for whole numbers.
type Program struct {
	Most    []int64   // of each number; the least is 0
	Weights []float64 // of each number: the heavier ones are branched on first
	Rows    []Row     // as many coefficients in each as there are numbers
}

// A Row asks that Σ Coefficients·x is at most Side, or equals it.
type Row struct {
	Coefficients []int64
	Side         int64
	Equal        bool
}

// An Answer is what is known of a program.
type Answer struct {
	Infeasible bool    // no whole numbers meet all rows
	Found      []int64 // these do; nil: none are known
	Ticks      int     // that it took to find out
}

// Solve looks for numbers, or for a proof that there are none. It takes about ticks ticks at most, and ends when ctx
// does. It says nothing of rows whose coefficients, times the most of their numbers, sum up to more than 2^61.
func (p *Program) Solve(ctx context.Context, ticks int) Answer {
	out := Answer{}
	for attempt := 0; out.Ticks <= ticks && ctx.Err() == nil; attempt++ {
		s, root := &solver{program: p, ctx: ctx, most: min(attemptTicks, ticks-out.Ticks)}, p.root(attempt)
		if slices.ContainsFunc(root.sizes, func(z size) bool { return z.sum > 1<<sumBits }) {
			break // sums might overflow
		}
		out.Found, out.Infeasible = s.look(root)
		out.Ticks += s.ticks
		if out.Infeasible || out.Found != nil {
			break
		}
	}
	return out
}

// look looks for numbers of a leaf, or reports that there are none.
func (s *solver) look(root *leaf) (numbers []int64, none bool) {
	for open, rounds := []*leaf{root}, rootRounds; len(open) > 0; rounds = leafRounds {
		l := open[len(open)-1]
		open = open[:len(open)-1]
		x := s.tighten(l, rounds)
		if s.gaveUp {
			return nil, false
		}
		if x == nil {
			continue
		}
		if at := s.program.farthest(x); at >= 0 {
			open = append(open, l.divided(x, at)...)
			continue
		}
		if whole := rounded(x); s.program.meets(whole) { // else it is whole by rounding errors only
			return whole, false
		}
		return nil, false
	}
	return nil, true
}

// A solver is one Solve.
type solver struct {
	program *Program
	ctx     context.Context
	most    int // ticks
	ticks   int
	gaveUp  bool // nothing follows: there is no time left, or guesses are too bad
}

// tighten solves the relaxation of a leaf, and adds cuts and solves it again, at most rounds times. It returns
// the solution; nil: the leaf is empty, or the solver gave up.
func (s *solver) tighten(l *leaf, rounds int) []float64 {
	for round := 0; ; round++ {
		if s.gaveUp = s.ticks > s.most || s.ctx.Err() != nil; s.gaveUp {
			return nil
		}
		pivots := l.tableau.Pivots
		row := l.tableau.Solve(l.low, l.high)
		s.ticks += (1 + l.tableau.Pivots - pivots) * l.elements() / elementsPerTick
		if row != lp.Optimal {
			s.gaveUp = row == lp.GaveUp || !l.empty(l.tableau.Duals(row))
			return nil
		}
		l.drop(len(s.program.Rows))
		x := l.tableau.Launches(l.low, l.high)
		if round == rounds || !s.cut(l, x) {
			return x
		}
	}
}

// cut adds cuts that a solution does not meet, and reports whether there are some.
func (s *solver) cut(l *leaf, x []float64) bool {
	var cuts []found
	for row, v := range l.tableau.Basic() {
		if v >= len(x) || part(x[v]) < wholeTol {
			continue
		}
		multipliers := l.tableau.Multipliers(row)
		for range 2 {
			if c, ok := l.rounding(multipliers, x); ok {
				if by := c.excess(x); by > leastExcess {
					cuts = append(cuts, found{c, by})
				}
			}
			for i := range multipliers {
				multipliers[i] = -multipliers[i]
			}
		}
		s.ticks += 2 * l.elements() / elementsPerTick
	}
	slices.SortStableFunc(cuts, func(a, b found) int { return cmp.Compare(b.by, a.by) })
	for _, c := range cuts[:min(len(cuts), roundCuts)] {
		l.add(c.row)
	}
	return len(cuts) > 0
}

// found is a cut, and how far from meeting it a solution is.
type found struct {
	row Row
	by  float64
}

// farthest returns the number to branch on: a heavy one that is far from whole; -1: all are whole.
func (p *Program) farthest(x []float64) int {
	best, out := -1.0, -1
	for j, w := range p.Weights {
		if part := part(x[j]); part >= wholeTol && w*(wholeness+part) > best {
			best, out = w*(wholeness+part), j
		}
	}
	return out
}

// meets reports whether whole numbers meet all rows.
func (p *Program) meets(x []int64) bool {
	return !slices.ContainsFunc(p.Rows, func(r Row) bool {
		sum := int64(0)
		for j, a := range r.Coefficients {
			sum += a * x[j]
		}
		return sum > r.Side || r.Equal && sum < r.Side
	})
}

// part returns how far a number is from whole.
func part(x float64) float64 { return math.Abs(x - math.Round(x)) }

func rounded(x []float64) []int64 {
	out := make([]int64, len(x))
	for j := range x {
		out[j] = int64(math.Round(x[j]))
	}
	return out
}
