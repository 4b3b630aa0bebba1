package bound

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/ilp"
)

const (
	// loweredNodes is how many nodes may be brought down, where there are loweredMany
	// times as many: else they are no exceptions.
	loweredNodes, loweredMany = 8, 8
	// loweredDivisor: less than 1/loweredDivisor is not worth it.
	loweredDivisor = 500
	// loweredSpread: nothing is lowered unless some node is higher by 1/loweredSpread.
	loweredSpread = 50
	// loweredRounds bounds the programs solved, loweredSteps all of it in steps.
	loweredRounds, loweredSteps = 100, 800_000
	// loweredFirst and loweredNext bound one search, depth first and by branch and bound.
	loweredFirst, loweredNext = 2_000, 40_000
	// loweredQuickDivisor: at first a search takes 1/loweredQuickDivisor of these.
	loweredQuickDivisor = 20
	// loweredElements is the number of coefficients for which a pivot counts as a step.
	loweredElements = 50
)

// Lowered returns values, per kind as given, that are those of the last cut or less: so
// little of them is given up that the few nodes that hold most for their price hold no
// more for it than the next. It is a linear program with a row for each filling that
// holds more, and searches of these nodes find the fillings: column generation by exact
// knapsacks, of a few nodes. nil: that would not change much, or prove no more than what
// is known.
func (p *Program) Lowered(known int64) []int64 {
	if p.sections != nil {
		return p.loweredApart()
	}
	last := p.cuts[len(p.cuts)-1]
	l := &lowering{kinds: slices.Clone(last.valued.Kinds), full: last.valued.Kinds}
	if !l.choose(last.valued.Nodes, last.gains, arith.MulDiv(known, loweredDivisor, loweredDivisor-1), last.value) {
		return nil
	}
	for range loweredRounds {
		if l.steps > loweredSteps || !l.look(loweredNext/loweredQuickDivisor) && !l.look(loweredNext) {
			break
		}
		l.solve()
	}
	p.Steps += l.steps
	if len(l.rows) == 0 {
		return nil
	}
	out := make([]int64, p.kind)
	for k := range l.kinds {
		out[l.kinds[k].from] = l.kinds[k].value
	}
	return out
}

// A lowering is values on their way down.
type lowering struct {
	kinds, full []Kind // with the values now, and at first
	nodes       []Node
	limits      []int64     // of each node, what it may hold
	rows        [][]float64 // per filling and kind, what is on it, at first, as a part of the limit
	sides       []float64   // of each filling, how far it was over
	steps       int
}

// choose takes the nodes that hold most for their price, and reports whether to cover
// the value costs more than what is known once they are no better than the next.
func (l *lowering) choose(nodes []Node, gains []int64, known, value int64) bool {
	var order []int
	for b := range nodes {
		if gains[b] > 0 && nodes[b].Price > 0 && nodes[b].Limit == Unlimited {
			order = append(order, b)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return arith.CompareRatio(gains[b], nodes[b].Price, gains[a], nodes[a].Price) })
	if len(order) <= loweredNodes*loweredMany {
		return false
	}
	level := order[loweredNodes]
	if arith.MulDiv(value, nodes[level].Price, gains[level]) <= known || arith.CompareRatio(gains[order[0]], nodes[order[0]].Price, gains[level]+gains[level]/loweredSpread, nodes[level].Price) < 0 {
		return false
	}
	for _, b := range order[:loweredNodes] {
		limit := arith.MulDiv(nodes[b].Price, gains[level], nodes[level].Price)
		if limit > 0 && gains[b] > limit+limit/loweredDivisor {
			l.nodes, l.limits = append(l.nodes, nodes[b]), append(l.limits, limit)
		}
	}
	return len(l.nodes) > 0
}

// look adds a row for fillings that hold more than their node may, and reports whether
// there is one.
func (l *lowering) look(steps int) bool {
	before := len(l.rows)
	for b := range l.nodes {
		limit := l.limits[b]
		l.fill(&l.nodes[b], limit+limit/(2*loweredDivisor), steps, func(counts []int64) {
			row, sum := make([]float64, len(l.full)), 0.0
			for k, n := range counts {
				row[k] = float64(n*l.full[k].value) / float64(limit)
				sum += row[k]
			}
			l.rows, l.sides = append(l.rows, row), append(l.sides, sum-1)
		})
	}
	return len(l.rows) > before
}

// fill looks for fillings of a node that are worth more than a limit.
func (l *lowering) fill(node *Node, limit int64, steps int, see func(counts []int64)) {
	items, of := itemsOf(l.kinds, node)
	counts := make([]int64, len(l.kinds))
	l.steps += fill.NewMerged(items, node.Capacity).FillDepthFirst(limit, loweredFirst, steps, func(filled []int64, _ int64) {
		for i, n := range filled {
			counts[of[i]] = n
		}
		see(counts)
	})
}

// solve lowers the values as little as can be, for the sum over all pods.
func (l *lowering) solve() {
	prices := make([]float64, len(l.full))
	low, high := make([]int64, len(l.full)), make([]int64, len(l.full))
	total := 0.0
	for k := range l.full {
		high[k] = 1
		prices[k] = float64(l.full[k].Count) * float64(l.full[k].value)
		total += prices[k]
	}
	for k := range prices {
		prices[k] /= total
	}
	t := ilp.NewTableau(prices, l.rows, l.sides, len(l.rows))
	t.Solve(low, high)
	l.steps += t.Pivots * len(l.rows) * len(l.full) / loweredElements
	for k, part := range t.Launches(low, high) {
		l.kinds[k].value = l.full[k].value - int64(math.Ceil(min(max(part, 0), 1)*float64(l.full[k].value)))
	}
}
