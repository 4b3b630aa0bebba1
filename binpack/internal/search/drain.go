package search

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/exchange"
)

const (
	// leastLoss: nodes that lose no more than this part of their price are full.
	leastLoss = 1e-4
	// drawnSinks is the number of nodes from which the one to drain is chosen.
	drawnSinks = 4
)

// drain lets all other nodes exchange their pods for better ones of one node, so that
// they become fuller and it becomes emptier, and packs what is left on it anew. It reports
// whether that is better. Waste that is spread over nodes saves nothing; on one node it
// saves money.
func (st *State) drain() bool {
	sink := st.sink()
	if sink < 0 {
		return false
	}
	from := exchange.NewNode(st.m, st.nodes[sink].bin, st.nodes[sink].counts)
	late := st.m.Late(st.free)
	market := st.marketOf(&from, late)
	var partners []int
	for _, k := range from.Counts {
		partners = append(partners, k.Class)
	}
	market.ByValue(partners)
	first := st.rng.IntN(len(st.nodes))
	for k := range st.nodes {
		n := &st.nodes[(first+k)%len(st.nodes)]
		if price := float64(st.cost[n.bin]); n == &st.nodes[sink] || price > 0 && n.loss <= float64(leastLoss*price) {
			continue
		}
		to := exchange.NewNode(st.m, n.bin, n.counts)
		changed := false
		inOrder, isLate := partners, func(c int) bool { return late(n.bin, c) }
		if slices.ContainsFunc(partners, isLate) {
			inOrder = slices.DeleteFunc(slices.Clone(partners), isLate)
		}
		market.Improve(&to, inOrder, func(out, in int) {
			changed = true
			from.Put(in, -1)
			if out != exchange.None {
				from.Put(out, 1)
			}
		})
		if changed {
			*n = st.nodeOf(n.bin, to.Counts)
		}
		if len(from.Counts) == 0 || st.meter.Done() {
			break
		}
	}
	st.nodes[sink] = st.nodeOf(from.Bin, from.Counts)
	return st.renew([]int{sink})
}

// marketOf returns a market of the pods of one node, that takes in exchange what it
// has room for and what is in order there.
func (st *State) marketOf(from *exchange.Node, late func(bin, class int) bool) *exchange.Market {
	left := make([]int64, len(st.m.Classes))
	for _, k := range from.Counts {
		left[k.Class] = k.N
	}
	return &exchange.Market{
		Model: st.m, Value: st.value, Left: left, Meter: st.meter,
		Takes: func(out, in int) bool {
			if !st.m.Bins[from.Bin].Admits.Has(out) || late(from.Bin, out) {
				return false
			}
			from.Filling.Take(in, -1)
			defer from.Filling.Take(in, 1)
			return from.Filling.Fit(out, 1) > 0
		},
	}
}

// sink returns the node to be drained: of some the one that loses most for its
// price, but not the same again.
func (st *State) sink() int {
	best, most := -1, 0.0
	for range drawnSinks {
		i := st.rng.IntN(len(st.nodes))
		n := &st.nodes[i]
		if price := float64(st.cost[n.bin]); price > 0 && i != st.drained && n.loss > float64(most*price) {
			best, most = i, n.loss/price
		}
	}
	st.drained = best
	return best
}
