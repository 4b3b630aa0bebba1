package lowering

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/lp"
)

// A Lowering is values on their way down.
type Lowering struct {
	Counts []int64 // of pods, per kind
	Full   []int64 // values at first, per kind
	Nodes  []int   // the nodes chosen, of those given
	Limits []int64 // what each of them may hold

	// Fill shows see fillings of a node chosen that are worth more than over by these
	// values, and returns the steps that it took. effort is 0 at first, 1 where that
	// found none.
	Fill func(node int, values []int64, over int64, effort int, see func(counts []int64)) (steps int)

	values []int64
	rows   [][]float64 // per filling and kind, what is on it, at first, as a part of the limit
	sides  []float64   // of each filling, how far it was over
	steps  int
}

const (
	// maxRounds bounds the programs solved, maxSteps all of it in steps.
	maxRounds, maxSteps = 100, 800_000
	// maxNodes is how many nodes may be brought down, where there are many times as many:
	// else they are no exceptions.
	maxNodes, many = 8, 8
	// worthwhile: less than 1/worthwhile is not worth it.
	worthwhile = 500
	// exception: nothing is lowered unless some node is higher by 1/exception.
	exception = 50
	// elementsPerStep is the number of coefficients for which a pivot counts as a step.
	elementsPerStep = 50
)

// Choose takes the nodes that hold most for their price, and limits them to what is no better
// than the next: none where to cover the value then costs no more than what is known. gains is
// what each node may hold as far as is known.
func (l *Lowering) Choose(prices, gains []int64, known, value int64) {
	order := make([]int, len(prices))
	for b := range order {
		order[b] = b
	}
	slices.SortStableFunc(order, func(a, b int) int { return arith.CompareRatio(gains[b], prices[b], gains[a], prices[a]) })
	if len(order) <= maxNodes*many {
		return
	}
	next, known := order[maxNodes], arith.MulDiv(known, worthwhile, worthwhile-1)
	if arith.MulDiv(value, prices[next], gains[next]) <= known || arith.CompareRatio(gains[order[0]], prices[order[0]], gains[next]+gains[next]/exception, prices[next]) < 0 {
		return
	}
	for _, b := range order[:maxNodes] {
		limit := arith.MulDiv(prices[b], gains[next], prices[next])
		if limit > 0 && gains[b] > limit+limit/worthwhile {
			l.Nodes, l.Limits = append(l.Nodes, b), append(l.Limits, limit)
		}
	}
}

// Values returns the values, and the steps that it took; nil: no node holds more than it may.
func (l *Lowering) Values() ([]int64, int) {
	l.values = slices.Clone(l.Full)
	for range maxRounds {
		if l.steps > maxSteps || !l.look(0) && !l.look(1) {
			break
		}
		l.solve()
	}
	if len(l.rows) == 0 {
		return nil, l.steps
	}
	return l.values, l.steps
}

// look adds a row for fillings that hold more than their node may, and reports whether
// there is one.
func (l *Lowering) look(effort int) bool {
	before := len(l.rows)
	for b, limit := range l.Limits {
		l.steps += l.Fill(b, l.values, limit+limit/(2*worthwhile), effort, func(counts []int64) {
			row, sum := make([]float64, len(l.Full)), 0.0
			for k, n := range counts {
				row[k] = float64(n*l.Full[k]) / float64(limit)
				sum += row[k]
			}
			l.rows, l.sides = append(l.rows, row), append(l.sides, sum-1)
		})
	}
	return len(l.rows) > before
}

// solve lowers the values as little as can be, for the sum over all pods.
func (l *Lowering) solve() {
	prices := make([]float64, len(l.Full))
	low, high := make([]int64, len(l.Full)), make([]int64, len(l.Full))
	total := 0.0
	for k := range l.Full {
		high[k] = 1
		prices[k] = float64(l.Counts[k]) * float64(l.Full[k])
		total += prices[k]
	}
	for k := range prices {
		prices[k] /= total
	}
	t := lp.NewTableau(prices, l.rows, l.sides, len(l.rows))
	t.Solve(low, high)
	l.steps += t.Pivots * len(l.rows) * len(l.Full) / elementsPerStep
	for k, part := range t.Launches(low, high) {
		l.values[k] = l.Full[k] - int64(math.Ceil(min(max(part, 0), 1)*float64(l.Full[k])))
	}
}
