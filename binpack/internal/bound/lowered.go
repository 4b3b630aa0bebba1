package bound

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/lowering"
)

// loweredFirst bounds one search of a node, depth first.
const loweredFirst = 2_000

// loweredSteps bound one search by branch and bound: a quick one, and one where that finds
// nothing.
var loweredSteps = [...]int{2_000, 40_000}

// Lowered returns values, per kind as given, that are those of the last cut or less: so
// little of them is given up that the few nodes that hold most for their price hold no
// more for it than the next. nil: that would not change much, or prove no more than what
// is known.
func (p *Program) Lowered(known int64) []int64 {
	if p.sections != nil {
		return p.loweredApart()
	}
	last := p.cuts[len(p.cuts)-1]
	kinds := slices.Clone(last.valued.Kinds)
	var nodes []Node
	var prices, gains []int64
	for b, n := range last.valued.Nodes {
		if last.gains[b] > 0 && n.Price > 0 && n.Limit == Unlimited {
			nodes, prices, gains = append(nodes, n), append(prices, n.Price), append(gains, last.gains[b])
		}
	}
	var l lowering.Lowering
	l.Choose(prices, gains, known, last.value)
	for _, k := range kinds {
		l.Counts, l.Full = append(l.Counts, k.Count), append(l.Full, k.value)
	}
	l.Fill = func(node int, values []int64, over int64, effort int, see func([]int64)) int {
		for k := range kinds {
			kinds[k].value = values[k]
		}
		items, of := itemsOf(kinds, &nodes[l.Nodes[node]])
		counts := make([]int64, len(kinds))
		return fill.NewMerged(items, nodes[l.Nodes[node]].Capacity).FillDepthFirst(over, loweredFirst, loweredSteps[effort], func(filled []int64, _ int64) {
			for i, n := range filled {
				counts[of[i]] = n
			}
			see(counts)
		})
	}
	values, steps := l.Values()
	p.Steps += steps
	if values == nil {
		return nil
	}
	out := make([]int64, p.kind)
	for k := range kinds {
		out[kinds[k].from] = values[k]
	}
	return out
}
