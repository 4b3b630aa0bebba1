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
	rootRounds, leafRounds, roundCuts = 20, 1, 15
	// wholeness: how far the numbers are from whole decides between those whose weights differ by little, else the weight.
	wholeness = 3
	// mostTried bounds the divisions that are tried of a leaf, and leastGain is what a part gains at least.
	mostTried, leastGain = 30, 1e-4
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
		out.Found, out.Infeasible = s.look(root, attempt%2 == 0)
		out.Ticks += s.ticks
		if out.Infeasible || out.Found != nil {
			break
		}
	}
	return out
}

// look looks for numbers of a leaf, with cuts or without, or reports that there are none.
func (s *solver) look(root *leaf, cuts bool) (numbers []int64, none bool) {
	rounds := rootRounds
	for open := []*leaf{root}; len(open) > 0 && !s.gaveUp; rounds = leafRounds {
		l := open[len(open)-1]
		open = open[:len(open)-1]
		if !cuts {
			rounds = 0
		}
		x := s.tighten(l, rounds)
		switch order := s.program.order(x); {
		case x == nil:
		case len(order) > 0:
			open = append(open, s.divide(l, x, order)...)
		case s.program.meets(rounded(x)):
			return rounded(x), false
		default:
			return nil, false // it is whole by rounding errors only
		}
		s.drop(l)
	}
	return nil, !s.gaveUp
}

// A solver is one Solve.
type solver struct {
	program *Program
	ctx     context.Context
	most    int // ticks
	ticks   int
	gaveUp  bool // nothing follows: there is no time left, or guesses are too bad
	dropped []*leaf
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

// divide returns the parts of a leaf that may have numbers, of a division where the solutions of both differ most from its
// own, as tried for each of the numbers in order; the last is to be looked at first. Where one of two parts is empty, the other
// is all (strong branching: Applegate, Bixby, Chvátal and Cook, Finding Cuts in the TSP, 1995).
func (s *solver) divide(l *leaf, x []float64, order []int) (out []*leaf) {
	best := -1.0
	for _, j := range order {
		gain, parts := 1.0, []*leaf(nil)
		for _, more := range []bool{false, true} {
			part := s.part(l, x, j, more)
			y := s.tighten(part, 0)
			if s.gaveUp {
				return nil
			}
			if y == nil {
				s.drop(part)
				continue
			}
			parts = append(parts, part)
			gain *= max(leastGain, part.price(y)-part.price(x))
		}
		if len(parts) == 2 && gain <= best {
			s.drop(parts...)
			continue
		}
		s.drop(out...)
		if best, out = gain, parts; len(out) < 2 {
			break
		}
	}
	return out
}

// part returns the part of a leaf where a number is no more than in a solution, or where it is more.
func (s *solver) part(l *leaf, x []float64, at int, more bool) *leaf {
	out := &leaf{}
	if n := len(s.dropped); n > 0 {
		out, s.dropped = s.dropped[n-1], s.dropped[:n-1]
	}
	out.set(l)
	if floor := int64(math.Floor(x[at])); more {
		out.low[at] = floor + 1
	} else {
		out.high[at] = floor
	}
	return out
}

// drop drops leaves: their memory is that of later ones.
func (s *solver) drop(leaves ...*leaf) { s.dropped = append(s.dropped, leaves...) }

// order returns the numbers that are not whole, the heavy ones that are far from it first.
func (p *Program) order(x []float64) []int {
	var out []int
	for j := range x {
		if part(x[j]) >= wholeTol {
			out = append(out, j)
		}
	}
	worth := func(j int) float64 { return p.Weights[j] * (wholeness + part(x[j])) }
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(worth(b), worth(a)) })
	return out[:min(len(out), mostTried)]
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
